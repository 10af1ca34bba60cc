import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../api/refusal.ts';
import type { Status } from '../api/types.ts';
import { changeBody, type PlanForm, planOf } from '../logic/plan.ts';
import { errorsBy, PlanFields } from '../parts/plan-fields.tsx';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { useCommand } from '../parts/use-command.ts';
import { useGo } from '../parts/use-go.ts';
import { useStatus } from '../status/status.tsx';

/** Changes the maintenance that is active. */
export default function Change() {
  const { value: status } = useStatus();
  if (status === null) return <Box>The state has not been seen yet.</Box>;
  return <ChangeForm status={status} />;
}

function ChangeForm({ status }: { readonly status: Status }) {
  /** As it was when the form was opened: only what the person has changed is sent. */
  const [before] = useState<PlanForm>(() => planOf(status));
  const [plan, setPlan] = useState<PlanForm>(before);
  const { busy, error, run } = useCommand<Status>();
  const go = useGo();
  const body = changeBody(before, plan);
  const problems = error instanceof Refusal ? (error.problem.details ?? []) : [];

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if ((await run({ method: 'PATCH', path: '', body })) !== null) go('/overview');
  };
  return (
    <form onSubmit={save} noValidate>
      <Form
        header={
          <Header variant="h1" description="What you leave alone stays as it is.">
            Change maintenance
          </Header>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => go('/overview')}>
              Cancel
            </Button>
            <Button
              formAction="submit"
              variant="primary"
              loading={busy}
              disabled={Object.keys(body).length === 0}
            >
              Save the change
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {error !== null && <RefusalAlert error={error} />}
          <Container>
            <PlanFields
              plan={plan}
              onChange={(change) => setPlan({ ...plan, ...change })}
              errorOf={errorsBy(problems)}
              hasBlocked={status.mode === 'normal'}
            />
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
