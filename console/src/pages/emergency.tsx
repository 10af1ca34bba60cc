import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../api/refusal.ts';
import type { Enabled } from '../api/types.ts';
import { errorsBy } from '../parts/plan-fields.tsx';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { useCommand } from '../parts/use-command.ts';
import { useGo } from '../parts/use-go.ts';
import { useStatus } from '../status/status.tsx';

/** What has to be typed, so that nobody closes the service by a slip of the hand. */
const WORD = 'EMERGENCY';

/** Closes the service to everybody but admins. */
export default function Emergency() {
  const { value: status } = useStatus();
  const [reason, setReason] = useState('');
  const [terminates, setTerminates] = useState(true);
  const [grace, setGrace] = useState('30');
  const [word, setWord] = useState('');
  const { busy, error, run } = useCommand<Enabled>();
  const go = useGo();
  const problems = error instanceof Refusal ? (error.problem.details ?? []) : [];
  const errorOf = errorsBy(problems);

  const declare = async (event: FormEvent) => {
    event.preventDefault();
    if (word !== WORD) return;
    const body = {
      reason,
      terminate_jobs: terminates,
      ...(terminates ? { grace_period: grace.trim() === '' ? grace : Number(grace) } : {}),
    };
    const answer = await run({ method: 'POST', path: '/emergency', body });
    if (answer !== null) go('/overview', answer.warnings);
  };

  return (
    <form onSubmit={declare} noValidate>
      <Form
        header={
          <Header variant="h1" description="Closes the service to everybody but admins, reading included.">
            {status?.is_active ? 'Escalate to emergency' : 'Declare an emergency'}
          </Header>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => go('/overview')}>
              Cancel
            </Button>
            <Button formAction="submit" variant="primary" loading={busy} disabled={word !== WORD}>
              Declare the emergency
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Alert type="warning" statusIconAriaLabel="Warning">
            Every member’s session ends, and jobs are asked to stop. A sign-in of the last 15 minutes is
            needed; you are asked for one if yours is older.
          </Alert>
          {error !== null && <RefusalAlert error={error} />}
          <Container>
            <SpaceBetween size="l">
              <FormField label="Reason" description="Shown to everybody." errorText={errorOf('reason')}>
                <Textarea value={reason} rows={2} onChange={({ detail }) => setReason(detail.value)} />
              </FormField>
              <FormField label="Jobs">
                <Checkbox
                  checked={terminates}
                  onChange={({ detail }) => setTerminates(detail.checked)}
                  description="Otherwise they run on."
                >
                  Terminate jobs that do not stop by themselves
                </Checkbox>
              </FormField>
              {terminates && (
                <FormField
                  label="Grace period, seconds"
                  description="What jobs get to stop by themselves."
                  constraintText="0 to 900"
                  errorText={errorOf('grace_period')}
                >
                  <Input
                    value={grace}
                    inputMode="numeric"
                    onChange={({ detail }) => setGrace(detail.value)}
                  />
                </FormField>
              )}
              <FormField label={`Type ${WORD} to confirm`}>
                <Input
                  value={word}
                  onChange={({ detail }) => setWord(detail.value)}
                  autoComplete={false}
                  spellcheck={false}
                />
              </FormField>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
