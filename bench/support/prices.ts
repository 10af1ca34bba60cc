/**
 * Public prices of AWS in us-east-1, US dollars, without free tier and taxes, as published in July 2025.
 * They change: look at the pages before you rely on a sum.
 */
export const PRICE_DATE = 'July 2025';

const MILLION = 1e6;

export const PRICES = {
  /** https://aws.amazon.com/lambda/pricing/ (arm64, first tier) */
  lambdaRequest: 0.2 / MILLION,
  lambdaGigabyteSecond: 0.0000133334,
  /** https://aws.amazon.com/api-gateway/pricing/ (REST, first 333 million a month) */
  gatewayRequest: 3.5 / MILLION,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ (4 KB read consistently; 1 KB written) */
  tableRead: 0.125 / MILLION,
  tableWrite: 0.625 / MILLION,
  /** https://aws.amazon.com/cloudfront/pricing/ (HTTPS requests and traffic to North America, first tier) */
  cdnRequest: 1 / MILLION,
  cdnGigabyte: 0.085,
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  logGigabyte: 0.5,
  alarmMonth: 0.1,
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  /** https://aws.amazon.com/kms/pricing/ (a key of one's own; the AWS managed ones cost nothing) */
  keyMonth: 1,
  /** https://aws.amazon.com/elasticache/pricing/ (Serverless for Valkey) */
  cacheGigabyteHour: 0.084,
  /** https://aws.amazon.com/systems-manager/pricing/ (AppConfig) */
  appConfigRequest: 0.2 / MILLION,
} as const;

const HOURS_A_MONTH = 730;
/** Gigabytes that a serverless cache for Valkey is billed for when it holds less. */
const LEAST_CACHE = 0.1;

/** What a resource costs a month although nobody uses it, by its type in the template. */
export const MONTHLY: Readonly<Record<string, number>> = {
  'AWS::SecretsManager::Secret': PRICES.secretMonth,
  'AWS::CloudWatch::Alarm': PRICES.alarmMonth,
  'AWS::KMS::Key': PRICES.keyMonth,
  'AWS::ElastiCache::ServerlessCache': PRICES.cacheGigabyteHour * LEAST_CACHE * HOURS_A_MONTH,
};

/**
 * Types that cost by the hour, and that a table of this kind must not pass over in silence. An endpoint is paid for
 * unless it is a gateway: for DynamoDB those cost nothing.
 */
export const HOURLY: readonly string[] = [
  'AWS::EC2::NatGateway',
  'AWS::EC2::VPCEndpoint',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::WAFv2::WebACL',
];
