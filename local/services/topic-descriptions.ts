import { LOCAL_ACCOUNT } from '../account.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, unknownOperation } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import { pageOf } from './page.ts';
import { queryAnswer, queryInput } from './query-protocol.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
/** Subscriptions in one answer. */
const PAGE_SIZE = 100;

/** Protocols whose subscribers have to agree first, which nobody can here. */
const CONFIRMED_BY_THE_SUBSCRIBER = new Set(['email', 'email-json', 'http', 'https']);

/**
 * Tells of a topic who has subscribed to it.
 * Source: "GetTopicAttributes" and "ListSubscriptionsByTopic" of the SNS API reference.
 */
export function describeTopic(stack: Stack, caller: CallerAccess, call: AwsCall): AwsAnswer {
  const { operation } = call;
  if (operation !== 'GetTopicAttributes' && operation !== 'ListSubscriptionsByTopic') {
    throw unknownOperation('SNS', operation);
  }
  const input = queryInput(call);
  const arn = input.get('TopicArn') ?? '';
  caller.authorise(call, `sns:${operation}`, arn);
  const topic = stack.find('AWS::SNS::Topic', arn);
  if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
  const subscriptions = stack
    .resources('AWS::SNS::Subscription')
    .filter((subscription) => stack.property(subscription, 'TopicArn') === arn);
  if (operation === 'GetTopicAttributes') {
    return queryAnswer(
      operation,
      NAMESPACE,
      { Attributes: attributes(stack, topic, arn, subscriptions) },
      { Attributes: 'entry' },
    );
  }
  const { items, next } = pageOf(subscriptions, input.get('NextToken'), PAGE_SIZE);
  return queryAnswer(operation, NAMESPACE, {
    Subscriptions: items.map((subscription) => ({
      TopicArn: arn,
      Protocol: String(stack.property(subscription, 'Protocol')),
      Endpoint: String(stack.property(subscription, 'Endpoint')),
      Owner: LOCAL_ACCOUNT,
      SubscriptionArn: isPending(stack, subscription)
        ? 'PendingConfirmation'
        : stack.attribute(subscription, 'Ref'),
    })),
    NextToken: next,
  });
}

function attributes(stack: Stack, topic: Resource, arn: string, subscriptions: readonly Resource[]) {
  const { DisplayName, KmsMasterKeyId } = stack.properties(topic);
  const pending = subscriptions.filter((subscription) => isPending(stack, subscription)).length;
  return Object.entries({
    TopicArn: arn,
    Owner: LOCAL_ACCOUNT,
    DisplayName: String(DisplayName ?? ''),
    SubscriptionsConfirmed: String(subscriptions.length - pending),
    SubscriptionsPending: String(pending),
    SubscriptionsDeleted: '0',
    ...(KmsMasterKeyId === undefined ? {} : { KmsMasterKeyId: String(KmsMasterKeyId) }),
  }).map(([key, value]) => ({ key, value }));
}

const isPending = (stack: Stack, subscription: Resource): boolean =>
  CONFIRMED_BY_THE_SUBSCRIBER.has(String(stack.property(subscription, 'Protocol')));
