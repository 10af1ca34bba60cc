import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import TimeInput from '@cloudscape-design/components/time-input';
import { inFormWords } from '../api/refusal.ts';
import { operationLabel } from '../logic/format.ts';
import { BLOCKABLE, type PlanForm } from '../logic/plan.ts';

const OPTIONS = BLOCKABLE.map((value) => ({ value, label: operationLabel(value) }));

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What is wrong with a field, as the API has said; undefined when nothing is. */
type ErrorOf = (...fields: readonly string[]) => string | undefined;

export function PlanFields({
  plan,
  onChange,
  errorOf,
  hasBlocked = true,
}: {
  readonly plan: PlanForm;
  readonly onChange: (change: Partial<PlanForm>) => void;
  readonly errorOf: ErrorOf;
  readonly hasBlocked?: boolean;
}) {
  return (
    <SpaceBetween size="l">
      <FormField
        label="Reason"
        description="Shown to everybody who is blocked."
        constraintText={`${[...plan.reason].length} of 500 characters`}
        errorText={errorOf('reason')}
      >
        <Textarea
          value={plan.reason}
          rows={2}
          onChange={({ detail }) => onChange({ reason: detail.value })}
        />
      </FormField>
      <FormField label="Planned end" errorText={errorOf('ends_at', 'duration')}>
        <RadioGroup
          value={plan.end}
          onChange={({ detail }) => onChange({ end: detail.value as PlanForm['end'] })}
          items={[
            { value: 'duration', label: 'After a time' },
            { value: 'instant', label: 'At a date and time' },
            {
              value: 'none',
              label: 'Not known',
              description: 'Blocked callers are told to come back in some minutes.',
            },
          ]}
        />
      </FormField>
      {plan.end === 'duration' && (
        <FormField label="Minutes" constraintText="1 to 10080 (7 days)" errorText={errorOf('duration')}>
          <Input
            value={plan.minutes}
            inputMode="decimal"
            onChange={({ detail }) => onChange({ minutes: detail.value })}
          />
        </FormField>
      )}
      {plan.end === 'instant' && (
        <ColumnLayout columns={2}>
          <FormField label="End date" errorText={errorOf('ends_at')}>
            <DatePicker
              value={plan.date}
              onChange={({ detail }) => onChange({ date: detail.value })}
              openCalendarAriaLabel={(date) => `Choose the end date${date === null ? '' : `, now ${date}`}`}
            />
          </FormField>
          <FormField label="End time" constraintText={`24 hours, ${ZONE}`}>
            <TimeInput
              format="hh:mm"
              value={plan.time}
              onChange={({ detail }) => onChange({ time: detail.value })}
            />
          </FormField>
        </ColumnLayout>
      )}
      <FormField label="When the end comes" errorText={errorOf('auto_end')}>
        <Checkbox
          checked={plan.autoEnd && plan.end !== 'none'}
          disabled={plan.end === 'none'}
          onChange={({ detail }) => onChange({ autoEnd: detail.checked })}
          description="Otherwise blocking goes on past the planned end until an admin ends it, and an alarm is raised."
        >
          End by itself
        </Checkbox>
      </FormField>
      {hasBlocked && (
        <FormField
          label="Blocked operations"
          description="Leave it empty to block them all."
          errorText={errorOf('blocked_operations')}
        >
          <Multiselect
            selectedOptions={OPTIONS.filter(({ value }) => plan.blocked.includes(value))}
            options={OPTIONS}
            placeholder="All that write"
            onChange={({ detail }) =>
              onChange({ blocked: detail.selectedOptions.map(({ value }) => value ?? '') })
            }
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}

/** Tells what a refusal or a validation says of a field. */
export function errorsBy(
  problems: readonly { readonly field: string | null; readonly message: string }[],
): ErrorOf {
  return (...fields) => {
    const found = problems.filter(({ field }) =>
      fields.some((name) => field === name || field?.startsWith(`${name}[`) || field?.startsWith(`${name}.`)),
    );
    return found.length === 0
      ? undefined
      : found.map(({ field, message }) => inFormWords(field, message)).join('; ');
  };
}
