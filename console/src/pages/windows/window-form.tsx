import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import TimeInput from '@cloudscape-design/components/time-input';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../../api/refusal.ts';
import type { MaintenanceWindow } from '../../api/types.ts';
import {
  fieldsOf,
  newWindow,
  startProblem,
  type WindowFields,
  windowBody,
  windowChange,
} from '../../logic/window-form.ts';
import { errorsBy } from '../../parts/plan-fields.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useCommand } from '../../parts/use-command.ts';

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const KINDS = [
  { value: 'normal', label: 'Maintenance' },
  { value: 'test', label: 'Test run' },
];

/** Schedules a window, or changes one: then only what was changed is sent. */
export function WindowForm({
  window,
  onDone,
  onClose,
}: {
  readonly window: MaintenanceWindow | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [before] = useState<WindowFields>(() =>
    window === null ? newWindow(Date.now(), ZONE) : fieldsOf(window),
  );
  const [fields, setFields] = useState(before);
  const { busy, error, run } = useCommand<MaintenanceWindow>();
  const errorOf = errorsBy(error instanceof Refusal ? (error.problem.details ?? []) : []);
  const change = (changed: Partial<WindowFields>) => setFields({ ...fields, ...changed });
  const body = window === null ? windowBody(fields) : windowChange(before, fields);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await run(
      window === null
        ? { method: 'POST', path: '/windows', body }
        : { method: 'PATCH', path: `/windows/${window.id}`, body },
    );
    if (answer !== null) onDone();
  };
  return (
    <form onSubmit={save} noValidate>
      <Container
        header={<Header variant="h2">{window === null ? 'Schedule a window' : 'Change the window'}</Header>}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button formAction="none" variant="link" onClick={onClose}>
                Close the form
              </Button>
              <Button
                formAction="submit"
                variant="primary"
                loading={busy}
                disabled={Object.keys(body).length === 0}
              >
                {window === null ? 'Schedule' : 'Save the change'}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            {error !== null && <RefusalAlert error={error} />}
            <FormField
              label="Reason"
              description="Shown to everybody beforehand."
              errorText={errorOf('reason')}
            >
              <Textarea
                value={fields.reason}
                rows={2}
                onChange={({ detail }) => change({ reason: detail.value })}
              />
            </FormField>
            <ColumnLayout columns={3}>
              <FormField label="Start date" errorText={startProblem(fields) ?? errorOf('starts_at')}>
                <DatePicker
                  value={fields.date}
                  onChange={({ detail }) => change({ date: detail.value })}
                  openCalendarAriaLabel={(date) =>
                    `Choose the start date${date === null ? '' : `, now ${date}`}`
                  }
                />
              </FormField>
              <FormField label="Start time" constraintText={`24 hours, ${fields.timezone}`}>
                <TimeInput
                  format="hh:mm"
                  value={fields.time}
                  onChange={({ detail }) => change({ time: detail.value })}
                />
              </FormField>
              <FormField label="Minutes" errorText={errorOf('duration', 'ends_at')}>
                <Input
                  value={fields.minutes}
                  inputMode="decimal"
                  onChange={({ detail }) => change({ minutes: detail.value })}
                />
              </FormField>
              <FormField label="Kind" errorText={errorOf('mode')}>
                <Select
                  selectedOption={KINDS.find(({ value }) => value === fields.mode) ?? null}
                  options={KINDS}
                  onChange={({ detail }) =>
                    change({ mode: detail.selectedOption.value as WindowFields['mode'] })
                  }
                />
              </FormField>
              <FormField
                label="Recurs"
                constraintText="An RRULE such as FREQ=WEEKLY;BYDAY=SU; empty for once"
                errorText={errorOf('rrule')}
              >
                <Input
                  value={fields.rrule}
                  onChange={({ detail }) => change({ rrule: detail.value })}
                  spellcheck={false}
                />
              </FormField>
              <FormField
                label="Time zone"
                constraintText="Whose local time it begins, ends and recurs by"
                errorText={errorOf('timezone')}
              >
                <Input
                  value={fields.timezone}
                  onChange={({ detail }) => change({ timezone: detail.value })}
                  spellcheck={false}
                />
              </FormField>
            </ColumnLayout>
            <Checkbox checked={fields.autoEnd} onChange={({ detail }) => change({ autoEnd: detail.checked })}>
              End by itself
            </Checkbox>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
