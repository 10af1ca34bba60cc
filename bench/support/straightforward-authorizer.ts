import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import jwt from 'jsonwebtoken';

/**
 * The authorizer that one writes first, for comparison: reads the state from DynamoDB for every request, goes through
 * a list of regular expressions, and verifies tokens with jsonwebtoken.
 */
const PATTERNS: readonly [RegExp, string][] = [
  [/^\/start_caption_generation/i, 'caption_generation'],
  [/^\/caption\//i, 'caption_generation'],
  [/^\/api\/(re)?generate_caption\//i, 'caption_generation'],
  [/^\/api\/jobs/i, 'job_creation'],
  [/^\/(api\/)?(add|edit|delete|switch)_platform/i, 'platform_operations'],
  [/^\/(api\/)?batch/i, 'batch_operations'],
  [/^\/(user-management|profile|settings|gdpr|review)/i, 'user_data_modification'],
  [/^\/(api\/)?(upload|image)/i, 'image_processing'],
];

const client = new DynamoDBClient({});

interface Event {
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export async function handler(event: Event): Promise<unknown> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: process.env.STATE_TABLE,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `EVENTS#${process.env.SCOPE}` } },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  const { maintenance } = JSON.parse(Items[0]?.state?.S ?? '{}');
  const blocked = maintenance && PATTERNS.some(([pattern]) => pattern.test(event.path));
  const token = event.headers.Authorization?.slice('Bearer '.length);
  const claims = token === undefined ? undefined : jwt.verify(token, process.env.PUBLIC_KEY ?? '');
  const isAdmin = typeof claims === 'object' && claims['cognito:groups']?.includes('admins');
  if (blocked && !isAdmin) console.log(`[MAINTENANCE] Operation blocked: endpoint="${event.path}"`);
  return {
    principalId: typeof claims === 'object' ? claims.username : '-',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: blocked && !isAdmin ? 'Deny' : 'Allow', Resource: '*' },
      ],
    },
    context: { message: maintenance?.reason ?? '' },
  };
}
