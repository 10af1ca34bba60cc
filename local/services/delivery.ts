/** On whose behalf something is delivered, where the target's own policy has to let it in. */
export interface Sender {
  /** Such as `cloudwatch.amazonaws.com`. */
  readonly service: string;
  /** ARN of the alarm or rule. */
  readonly source: string;
  /** The subject of a message to a topic. */
  readonly subject?: string;
}

/** Hands a payload to a queue, topic, bus, function or state machine by its ARN; throws when that fails. */
export type Delivery = (targetArn: string, payload: string, sender?: Sender) => Promise<void>;
