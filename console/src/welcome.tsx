import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { StatusLine } from './parts/status-line.tsx';
import { useSession } from './session/session.tsx';
import { SignInForm } from './session/sign-in-form.tsx';

/** What somebody sees who is not signed in, or who is no admin. */
export function Welcome() {
  const { who } = useSession();
  return (
    <main className="welcome">
      <SpaceBetween size="l">
        <Box variant="h1" textAlign="center">
          Maintenance console
        </Box>
        <StatusLine />
        {who === null ? (
          <Container header={<Header variant="h2">Sign in</Header>}>
            <SignInForm />
          </Container>
        ) : (
          <NotForYou id={who.id} role={who.role} />
        )}
      </SpaceBetween>
    </main>
  );
}

function NotForYou({ id, role }: { readonly id: string; readonly role: string }) {
  const { signOut } = useSession();
  return (
    <div role="alert">
      <Alert
        type="error"
        header="This console is for admins"
        statusIconAriaLabel="Error"
        action={<Button onClick={signOut}>Sign in as somebody else</Button>}
      >
        You are signed in as {id}, with the role {role}.
        <Box margin={{ top: 'xs' }}>
          <b>What to do:</b> sign in as an admin, or ask an admin to put you into the group of admins and sign
          in again.
        </Box>
      </Alert>
    </div>
  );
}
