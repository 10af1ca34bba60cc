import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../api/refusal.ts';
import type { Enabled, Validation } from '../api/types.ts';
import { EMPTY_PLAN, type PlanForm, planBody } from '../logic/plan.ts';
import { errorsBy, PlanFields } from '../parts/plan-fields.tsx';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { useCommand } from '../parts/use-command.ts';
import { useGo } from '../parts/use-go.ts';
import { Impact } from './enable/impact.tsx';

/** Starts a maintenance or a test run. Nothing begins before its impact has been shown. */
export default function Enable() {
  const [plan, setPlan] = useState<PlanForm>(EMPTY_PLAN);
  const [mode, setMode] = useState<'normal' | 'test'>('normal');
  const [endsSessions, setEndsSessions] = useState(true);
  const [notifies, setNotifies] = useState(true);
  const [checked, setChecked] = useState<Validation | null>(null);
  const validation = useCommand<Validation>();
  const enabling = useCommand<Enabled>();
  const go = useGo();

  const isTest = mode === 'test';
  const body = {
    ...planBody(isTest ? { ...plan, blocked: [] } : plan),
    mode,
    ...(isTest ? {} : { invalidate_sessions: endsSessions }),
    notify_users: notifies,
  };
  const edit = (change: () => void) => {
    setChecked(null);
    enabling.clear();
    change();
  };
  const problems = [
    ...(checked?.errors ?? []),
    ...(enabling.error instanceof Refusal ? (enabling.error.problem.details ?? []) : []),
  ];

  const review = async (event: FormEvent) => {
    event.preventDefault();
    enabling.clear();
    setChecked(await validation.run({ method: 'POST', path: '/validate', body }));
  };
  const start = async () => {
    const answer = await enabling.run({ method: 'POST', path: '/enable', body });
    if (answer !== null) go('/overview', answer.warnings);
  };

  return (
    <form onSubmit={review} noValidate>
      <Form
        header={<Header variant="h1">Start maintenance</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => go('/overview')}>
              Cancel
            </Button>
            <Button
              formAction="submit"
              loading={validation.busy}
              variant={checked?.valid ? 'normal' : 'primary'}
            >
              Show the impact
            </Button>
            {checked?.valid && (
              <Button formAction="none" variant="primary" loading={enabling.busy} onClick={start}>
                {isTest ? 'Start the test run now' : 'Start maintenance now'}
              </Button>
            )}
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container>
            <SpaceBetween size="l">
              <FormField label="Kind">
                <RadioGroup
                  value={mode}
                  onChange={({ detail }) => edit(() => setMode(detail.value as 'normal' | 'test'))}
                  items={[
                    { value: 'normal', label: 'Maintenance', description: 'Blocks what writes.' },
                    {
                      value: 'test',
                      label: 'Test run',
                      description: 'Blocks nothing, and records what would be blocked.',
                    },
                  ]}
                />
              </FormField>
              <PlanFields
                plan={plan}
                onChange={(change) => edit(() => setPlan({ ...plan, ...change }))}
                errorOf={errorsBy(problems)}
                hasBlocked={!isTest}
              />
              <FormField label="People">
                <SpaceBetween size="xs">
                  {!isTest && (
                    <Checkbox
                      checked={endsSessions}
                      onChange={({ detail }) => edit(() => setEndsSessions(detail.checked))}
                      description="Admins keep theirs."
                    >
                      End members’ sessions
                    </Checkbox>
                  )}
                  <Checkbox
                    checked={notifies}
                    onChange={({ detail }) => edit(() => setNotifies(detail.checked))}
                  >
                    Notify people
                  </Checkbox>
                </SpaceBetween>
              </FormField>
            </SpaceBetween>
          </Container>
          {validation.error !== null && <RefusalAlert error={validation.error} />}
          {checked !== null && <Reviewed checked={checked} />}
          {enabling.error !== null && <RefusalAlert error={enabling.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}

function Reviewed({ checked }: { readonly checked: Validation }) {
  const stateErrors = checked.errors.filter(({ field }) => field === null);
  return (
    <div role="status">
      <SpaceBetween size="m">
        {stateErrors.map(({ code, message, remedy }) => (
          <RefusalAlert
            key={code}
            error={
              new Refusal(409, {
                error: code,
                message,
                title: 'It would be refused now',
                ...(remedy === null ? {} : { remedy }),
              })
            }
          />
        ))}
        {!checked.valid && stateErrors.length === 0 && (
          <RefusalAlert
            error={
              new Refusal(400, {
                error: 'invalid_request',
                message: 'Some fields do not fit.',
                details: checked.errors.map(({ field, message }) => ({ field: field ?? '', message })),
              })
            }
          />
        )}
        {checked.warnings.length > 0 && (
          <Alert type="warning" statusIconAriaLabel="Warning" header="It might not be what you mean">
            <ul>
              {checked.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </Alert>
        )}
        {checked.impact !== null && <Impact impact={checked.impact} />}
      </SpaceBetween>
    </div>
  );
}
