import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../../api/refusal.ts';
import type { Classification, Role } from '../../api/types.ts';
import { methods, operationLabel } from '../../logic/format.ts';
import { errorsBy } from '../../parts/plan-fields.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useCommand } from '../../parts/use-command.ts';

const ROLES: readonly Role[] = ['anonymous', 'member', 'worker', 'admin'];

/** Says how a request is classified, and what becomes of it for whom. */
export function ClassifyTool() {
  const [method, setMethod] = useState('POST');
  const [path, setPath] = useState('');
  const [found, setFound] = useState<Classification | null>(null);
  const { busy, error, run } = useCommand<Classification>();
  const errorOf = errorsBy(error instanceof Refusal ? (error.problem.details ?? []) : []);
  const classify = async (event: FormEvent) => {
    event.preventDefault();
    setFound(await run({ method: 'POST', path: '/classify', body: { method, path } }));
  };
  return (
    <form onSubmit={classify} noValidate>
      <Container header={<Header variant="h2">Classify a request</Header>}>
        <Form
          actions={
            <Button formAction="submit" loading={busy}>
              Classify
            </Button>
          }
        >
          <SpaceBetween size="m">
            {error !== null && <RefusalAlert error={error} />}
            <ColumnLayout columns={2}>
              <FormField label="Verb of the request" errorText={errorOf('method')}>
                <Input value={method} onChange={({ detail }) => setMethod(detail.value)} />
              </FormField>
              <FormField label="Path of the request" errorText={errorOf('path')}>
                <Input
                  value={path}
                  placeholder="/start_caption_generation"
                  onChange={({ detail }) => setPath(detail.value)}
                  spellcheck={false}
                />
              </FormField>
            </ColumnLayout>
            <div role="status">{found !== null && <Found found={found} />}</div>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

function Found({ found }: { readonly found: Classification }) {
  const { rule, decisions, current } = found;
  const rows = [
    { when: 'As things are now', by: current },
    { when: 'In maintenance', by: decisions.normal },
    { when: 'In an emergency', by: decisions.emergency },
    { when: 'In a test run', by: decisions.test },
  ];
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Operation type', value: operationLabel(found.operation_type) },
          {
            label: 'Rule',
            value:
              rule === null
                ? 'None: the verb decides'
                : `${methods(rule.method)} ${rule.path} (${rule.source === 'owner' ? 'yours' : 'built in'})`,
          },
          {
            label: 'Path as compared',
            value: <Box variant="code">{found.canonical_path ?? 'malformed'}</Box>,
          },
        ]}
      />
      <Table
        variant="embedded"
        ariaLabels={{ tableLabel: 'What becomes of it' }}
        items={rows}
        trackBy="when"
        columnDefinitions={[
          { id: 'when', header: 'When', isRowHeader: true, cell: ({ when }) => when },
          ...ROLES.map((role) => ({
            id: role,
            header: operationLabel(role),
            cell: ({ by }: (typeof rows)[number]) =>
              by[role] === 'block' ? (
                <StatusIndicator type="stopped">Blocked</StatusIndicator>
              ) : (
                <StatusIndicator type="success">Allowed</StatusIndicator>
              ),
          })),
        ]}
      />
    </SpaceBetween>
  );
}
