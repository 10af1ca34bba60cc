import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { useSession } from './session.tsx';
import type { Challenge, PasswordSignIn, SignInMethod, Tokens } from './sign-in-method.ts';

/** What somebody fills in or presses to sign in, whatever way the issuer offers. */
export function SignInForm({ isFresh = false }: { readonly isFresh?: boolean }) {
  const { method, trouble, begin, retry } = useSession();
  if (trouble !== null) {
    return <RefusalAlert error={trouble} action={<Button onClick={retry}>Try again</Button>} />;
  }
  if (method === null) return <Box>Looking for the way to sign in…</Box>;
  return method.kind === 'password' ? (
    <PasswordForm method={method} onTokens={begin} />
  ) : (
    <BrowserForm method={method} isFresh={isFresh} onTokens={begin} />
  );
}

interface FormProps<M> {
  readonly method: M;
  readonly onTokens: (tokens: Tokens) => Promise<void>;
}

function BrowserForm({
  method,
  isFresh,
  onTokens,
}: FormProps<Extract<SignInMethod, { kind: 'browser' }>> & { readonly isFresh: boolean }) {
  const { busy, error, run } = useAttempt();
  return (
    <SpaceBetween size="m">
      {error !== null && <RefusalAlert error={error} />}
      <Button
        variant="primary"
        loading={busy}
        onClick={() => run(async () => onTokens(await method.signIn(isFresh)))}
      >
        Sign in
      </Button>
      <Box color="text-body-secondary">
        A window of the identity provider opens. This page stays as it is.
      </Box>
    </SpaceBetween>
  );
}

function PasswordForm({ method, onTokens }: FormProps<PasswordSignIn>) {
  const [username, setUsername] = useState('');
  const [secret, setSecret] = useState('');
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const { busy, error, run } = useAttempt();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    run(async () => {
      const step =
        challenge === null ? await method.signIn(username, secret) : await method.answer(challenge, secret);
      setSecret('');
      if ('name' in step) setChallenge(step);
      else await onTokens(step);
    });
  };
  const asks = challenge?.name ?? 'PASSWORD';
  const label = {
    PASSWORD: 'Password',
    NEW_PASSWORD_REQUIRED: 'New password',
    SOFTWARE_TOKEN_MFA: 'One-time code of your authenticator app',
  }[asks];
  return (
    <form onSubmit={submit}>
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={busy}>
            Sign in
          </Button>
        }
      >
        <SpaceBetween size="m">
          {error !== null && <RefusalAlert error={error} />}
          {challenge === null && (
            <FormField label="User name">
              <Input
                value={username}
                onChange={({ detail }) => setUsername(detail.value)}
                autoComplete="username"
                autoFocus
                spellcheck={false}
              />
            </FormField>
          )}
          <FormField label={label}>
            <Input
              key={asks}
              value={secret}
              onChange={({ detail }) => setSecret(detail.value)}
              type={asks === 'SOFTWARE_TOKEN_MFA' ? 'text' : 'password'}
              inputMode={asks === 'SOFTWARE_TOKEN_MFA' ? 'numeric' : 'text'}
              autoFocus={challenge !== null}
              autoComplete={
                {
                  PASSWORD: 'current-password',
                  NEW_PASSWORD_REQUIRED: 'new-password',
                  SOFTWARE_TOKEN_MFA: 'one-time-code',
                }[asks]
              }
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </form>
  );
}

function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = (attempt: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    attempt()
      .catch((failure: unknown) => setError(failure))
      .finally(() => setBusy(false));
  };
  return { busy, error, run };
}
