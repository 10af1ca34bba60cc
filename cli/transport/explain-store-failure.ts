import { OutcomeUnknownError, type StoreUnavailableError } from '../../core/errors.ts';
import type { Complaint } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Call } from './transport.ts';

const REFUSED_CREDENTIALS = new Set([
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'UnrecognizedClientException',
]);

/** What the user of --direct needs when DynamoDB gave no good answer. */
export function explainStoreFailure(error: StoreUnavailableError, target: string, call: Call): Complaint {
  const cause = rootCause(error);
  const name = cause.name === 'Error' ? '' : ` (${cause.name})`;
  const said = cause.message === '' ? cause.name : `${cause.message}${name}`;
  if (error instanceof OutcomeUnknownError) {
    return {
      exitCode: EXIT.unreachable,
      code: 'outcome_unknown',
      message: `It is not known whether the command was carried out at ${target}: ${said}`,
      details: [
        `Repeating it with --idempotency-key ${call.idempotencyKey} is safe; \`maintenance status --direct\` shows the state.`,
      ],
    };
  }
  if (cause.name === 'ResourceNotFoundException') {
    return {
      exitCode: EXIT.failed,
      code: 'table_not_found',
      message: `There is no ${target}.`,
      remedy: 'Check --table and --region, and which AWS account the credentials are for.',
    };
  }
  if (cause.name === 'AccessDeniedException') {
    return {
      exitCode: EXIT.failed,
      code: 'access_denied',
      message: `The AWS credentials do not allow this: ${cause.message}`,
      remedy: 'It takes dynamodb:Query, dynamodb:GetItem and dynamodb:PutItem on the state table.',
    };
  }
  if (REFUSED_CREDENTIALS.has(cause.name)) {
    return {
      exitCode: EXIT.notSignedIn,
      code: 'aws_credentials_refused',
      message: `AWS does not accept the credentials: ${said}`,
      remedy: 'Renew them, with `aws sso login` for example.',
    };
  }
  return {
    exitCode: EXIT.unreachable,
    code: error.code,
    message: `No good answer from ${target}: ${said}`,
    remedy: 'Check the network, --region and AWS_ENDPOINT_URL_DYNAMODB, then try again.',
  };
}

/** The first failure behind an error: later ones mostly follow from it. */
function rootCause(error: Error): Error {
  const behind = error instanceof AggregateError ? error.errors[0] : error.cause;
  return behind instanceof Error ? rootCause(behind) : error;
}
