import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../api/refusal.ts';
import type { Rule } from '../api/types.ts';
import { instant, methods, operationLabel } from '../logic/format.ts';
import { AsGiven } from '../parts/as-given.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { ListTable } from '../parts/list.tsx';
import { PageFrame } from '../parts/page.tsx';
import { errorsBy } from '../parts/plan-fields.tsx';
import { RefusalAlert } from '../parts/refusal-alert.tsx';
import { useCommand } from '../parts/use-command.ts';
import { usePages } from '../parts/use-pages.ts';
import { ClassifyTool } from './rules/classify-tool.tsx';

/** The owner's classification rules, and the tool that says what becomes of a request. */
export default function Rules() {
  const pages = usePages<Rule>('/rules?limit=100');
  const [removed, setRemoved] = useState<Rule | null>(null);
  return (
    <PageFrame title="Rules" description="Your own rules are consulted before the built-in ones.">
      <ClassifyTool />
      <AddRule onAdded={pages.reload} />
      <ListTable
        title="Your rules"
        pages={pages}
        trackBy="id"
        empty="There are only the built-in rules."
        columns={[
          { id: 'method', header: 'Verb', cell: (rule) => methods(rule.method) },
          {
            id: 'path',
            header: 'Path',
            isRowHeader: true,
            cell: (rule) => <Box variant="code">{rule.path}</Box>,
          },
          { id: 'operation', header: 'Operation', cell: (rule) => operationLabel(rule.operation) },
          {
            id: 'added',
            header: 'Added',
            cell: (rule) => (
              <>
                {instant(rule.added_at)}, by <AsGiven>{rule.added_by}</AsGiven>
              </>
            ),
          },
          {
            id: 'remove',
            header: 'Remove',
            cell: (rule) => (
              <Button
                variant="inline-link"
                ariaLabel={`Remove the rule for ${rule.path}`}
                onClick={() => setRemoved(rule)}
              >
                Remove
              </Button>
            ),
          },
        ]}
      />
      {removed !== null && (
        <Confirm
          header="Remove the rule?"
          button="Remove"
          call={{ method: 'DELETE', path: `/rules/${removed.id}` }}
          onClose={() => setRemoved(null)}
          onDone={() => {
            setRemoved(null);
            pages.reload();
          }}
        >
          {methods(removed.method)}{' '}
          <Box variant="code" display="inline">
            {removed.path}
          </Box>{' '}
          is classified by the built-in rules then, within a second.
        </Confirm>
      )}
    </PageFrame>
  );
}

function AddRule({ onAdded }: { readonly onAdded: () => void }) {
  const [method, setMethod] = useState('POST');
  const [path, setPath] = useState('');
  const [operation, setOperation] = useState('');
  const { busy, error, run } = useCommand<Rule>();
  const errorOf = errorsBy(error instanceof Refusal ? (error.problem.details ?? []) : []);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const verbs = method.split(/[\s,]+/).filter((verb) => verb !== '');
    const body = { method: verbs.length === 1 ? verbs[0] : verbs, path, operation };
    if ((await run({ method: 'POST', path: '/rules', body })) === null) return;
    setPath('');
    onAdded();
  };
  return (
    <form onSubmit={add} noValidate>
      <Container header={<Header variant="h2">Add a rule</Header>}>
        <Form
          actions={
            <Button formAction="submit" loading={busy}>
              Add the rule
            </Button>
          }
        >
          <SpaceBetween size="m">
            {error !== null && <RefusalAlert error={error} />}
            <ColumnLayout columns={3}>
              <FormField
                label="Verb"
                constraintText="One, several with commas, or ANY"
                errorText={errorOf('method')}
              >
                <Input value={method} onChange={({ detail }) => setMethod(detail.value)} />
              </FormField>
              <FormField
                label="Path template"
                constraintText="Such as /reports/{id}/publish"
                errorText={errorOf('path')}
              >
                <Input value={path} onChange={({ detail }) => setPath(detail.value)} spellcheck={false} />
              </FormField>
              <FormField
                label="Operation type"
                constraintText="A built-in one, or one of your own, such as report_publishing"
                errorText={errorOf('operation')}
              >
                <Input
                  value={operation}
                  onChange={({ detail }) => setOperation(detail.value)}
                  spellcheck={false}
                />
              </FormField>
            </ColumnLayout>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
