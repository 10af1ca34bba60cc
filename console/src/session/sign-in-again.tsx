import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSession } from './session.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Asks somebody in the middle of their work to sign in again. What is on the page stays there. */
export function SignInAgain() {
  const { asked, giveUp } = useSession();
  if (asked === null) return null;
  const isFresh = asked === 'fresh';
  return (
    <Modal
      visible
      onDismiss={giveUp}
      closeAriaLabel="Close without signing in"
      header={isFresh ? 'Confirm that it is you' : 'Your sign-in has expired'}
      footer={
        <Box float="right">
          <Button variant="link" onClick={giveUp}>
            Not now
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>
          {isFresh
            ? 'An emergency takes a sign-in of the last minutes. Sign in again, and it is declared.'
            : 'Sign in again to go on. What you typed is kept, and the call is made then.'}
        </Box>
        <SignInForm isFresh={isFresh} />
      </SpaceBetween>
    </Modal>
  );
}
