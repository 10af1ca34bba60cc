import { LOCAL_ACCOUNT } from '../account.ts';
import { wildcard } from '../iam.ts';

/** What a service of AWS wants to do for a resource of the account, such as an alarm for its topic. */
export interface ServiceCall {
  /** Such as `cloudwatch.amazonaws.com`. */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** ARN of the alarm or rule that it acts for. */
  readonly source: string;
}

interface Statement {
  readonly Effect: string;
  readonly Principal?: '*' | { readonly AWS?: string | string[]; readonly Service?: string | string[] };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Whether a resource's own policy lets a service act. Services have no identity policy, so this policy alone decides;
 * a resource without one lets none in. A condition that is not known here counts as not fulfilled.
 * Source: "AWS service principals" and "AWS global condition context keys" of the IAM user guide.
 */
export function letsService(policy: unknown, call: ServiceCall): boolean {
  const { Statement = [] } = (policy ?? {}) as { Statement?: Statement | Statement[] };
  const matching = [Statement].flat().filter((statement) => concerns(statement, call));
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
  );
}

function concerns({ Principal, Action, Resource, Condition = {} }: Statement, call: ServiceCall): boolean {
  const isNamed = Principal === '*' || listOf(Principal?.AWS).includes('*');
  if (!isNamed && !listOf(Principal?.Service).includes(call.service)) return false;
  if (!listOf(Action).some((pattern) => wildcard(pattern.toLowerCase(), call.action.toLowerCase())))
    return false;
  if (!listOf(Resource).some((pattern) => wildcard(pattern, call.resource))) return false;
  const known: Readonly<Record<string, string>> = {
    'aws:sourceaccount': LOCAL_ACCOUNT,
    'aws:sourcearn': call.source,
    'aws:securetransport': 'true',
  };
  return Object.entries(Condition).every(([operator, expected]) =>
    Object.entries(expected).every(([key, values]) => {
      const actual = known[key.toLowerCase()];
      const matches = COMPARISONS[operator];
      return (
        actual !== undefined &&
        matches !== undefined &&
        listOf(values).some((value) => matches(value, actual))
      );
    }),
  );
}

const COMPARISONS: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringLike: wildcard,
  ArnEquals: wildcard,
  ArnLike: wildcard,
  Bool: (expected, actual) => expected.toLowerCase() === actual,
};

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
