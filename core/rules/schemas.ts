import * as z from 'zod';
import { isBuiltInOperation, OWN_OPERATION_NAME, WRITE_OPERATIONS } from '../decision/operations.ts';
import { isUsable } from '../decision/route-matcher.ts';
import { methodProblem, templateProblem } from '../decision/rule.ts';
import { type Answer, count, instant, need, pageAnswer, pageQuery } from '../http/fields.ts';

/** Built-in operation types that an owner's rule may name. */
const CLASSIFIABLE = [...WRITE_OPERATIONS, 'admin_operations', 'read_operations', 'authentication'];

const verb = z
  .string('must be an HTTP verb in upper case, or ANY')
  .refine((text) => methodProblem(text) === null, 'must be an HTTP verb in upper case, or ANY');

const pathTemplate = z
  .string(need('a path template'))
  .max(500, 'must have at most 500 characters')
  .superRefine((text, context) => {
    const problem = templateProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: `cannot be used: ${problem}` });
    else if (!isUsable({ path: text }))
      context.addIssue({ code: 'custom', message: 'cannot be used: no request can ever hold it' });
  });

const ruleOperation = z
  .string(need('the name of an operation type'))
  .refine(
    (name) => CLASSIFIABLE.includes(name) || (!isBuiltInOperation(name) && OWN_OPERATION_NAME.test(name)),
    `must be one of ${CLASSIFIABLE.join(', ')}, or a name of your own in lower case (a-z, 0-9, _; at most 40 characters)`,
  );

/** `POST /rules` */
export const ruleBody = z
  .strictObject({
    method: z.union(
      [verb, z.array(verb).min(1, 'must name at least one verb').max(10, 'holds too many verbs')],
      need('a verb, a list of verbs or ANY'),
    ),
    path: pathTemplate,
    operation: ruleOperation,
  })
  .meta({ id: 'Rule' });

/** `GET /rules` */
export const rulesQuery = z.strictObject(pageQuery('100'));

export type RulesQuery = z.output<typeof rulesQuery>;

/** `POST /classify` */
export const classifyBody = z
  .strictObject({
    method: z
      .string(need('an HTTP verb'))
      .min(1, 'must not be empty')
      .max(20, 'must have at most 20 characters'),
    path: z.string(need('a path')).min(1, 'must not be empty').max(8192, 'must have at most 8192 characters'),
  })
  .meta({ id: 'Request' });

const ruleShape = {
  id: z.string(),
  method: z.union([z.string(), z.array(z.string())]),
  path: z.string(),
  operation: z.string(),
};

const ruleAnswer = z.strictObject({
  ...ruleShape,
  added_at: instant,
  added_by: z.string(),
});

export type RuleView = Answer<typeof ruleAnswer>;

/** `GET /rules` */
export const rulesAnswer = pageAnswer(ruleAnswer).meta({ id: 'Rules' });

export type RulesPage = Answer<typeof rulesAnswer>;

/** `POST /rules` and `DELETE /rules/{id}`: the rule that came or went. */
export const ruleChangeAnswer = ruleAnswer
  .extend({
    version: count.meta({ description: 'The version of the state from which it is so.' }),
    warnings: z
      .array(z.string())
      .meta({ description: 'What might not have been meant. Warnings never refuse.' }),
  })
  .meta({ id: 'RuleChange' });

const decision = z.enum(['allow', 'block']);
const decisionsByRole = z.strictObject({
  admin: decision,
  worker: decision,
  member: decision,
  anonymous: decision,
});

/** `POST /classify` */
export const classificationAnswer = z
  .strictObject({
    canonical_path: z.string().nullable().meta({ description: 'Null when the path is malformed.' }),
    rule: z
      .strictObject({ ...ruleShape, source: z.enum(['owner', 'built_in']), id: z.string().nullable() })
      .nullable(),
    operation_type: z.string(),
    decisions: z
      .strictObject({ normal: decisionsByRole, emergency: decisionsByRole, test: decisionsByRole })
      .meta({ description: 'When everything that can be blocked is.' }),
    current: decisionsByRole.meta({ description: 'As things are now.' }),
  })
  .meta({ id: 'Classification' });

export type ClassificationView = Answer<typeof classificationAnswer>;
