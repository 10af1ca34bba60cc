import type { FunctionInvoker } from '../local-services.ts';
import type { Delivery } from './delivery.ts';
import type { EventBuses } from './events.ts';
import type { Topics } from './sns.ts';
import type { Queues } from './sqs.ts';
import type { StateMachines } from './states/state-machines.ts';

/** What can be delivered to. */
export interface DeliveryTargets {
  readonly queues: Queues;
  readonly topics: Topics;
  readonly events: EventBuses;
  readonly machines: StateMachines;
  readonly functions: () => FunctionInvoker;
}

/** Makes the delivery to the services; they deliver to each other, so they are asked for at each delivery only. */
export function deliveryTo(targets: () => DeliveryTargets): Delivery {
  return async (arn, payload, sender) => {
    const { queues, topics, events, machines, functions } = targets();
    const service = arn.split(':')[2];
    switch (service) {
      case 'sqs':
        queues.send(arn, payload);
        return;
      case 'sns':
        if (sender) await topics.publishFor(sender, arn, payload);
        else await topics.publish(arn, payload);
        return;
      case 'lambda':
        functions().invokeAsync(arn, payload);
        return;
      case 'events':
        events.publish(arn, 'lambda', 'Lambda Function Invocation Result - Failure', payload);
        return;
      case 'states':
        machines.begin(arn, payload);
        return;
      default:
        throw new Error(`The local cloud delivers nothing to ${arn}.`);
    }
  };
}
