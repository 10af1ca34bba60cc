import '@cloudscape-design/global-styles/index.css';
import './console.css';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { HashRouter } from 'react-router';
import { App } from './app.tsx';
import { followSystemMode } from './look.ts';
import { SessionProvider } from './session/session.tsx';
import { StatusProvider } from './status/status.tsx';

followSystemMode();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <I18nProvider locale="en" messages={[messages]}>
      <HashRouter>
        <SessionProvider>
          <StatusProvider>
            <App />
          </StatusProvider>
        </SessionProvider>
      </HashRouter>
    </I18nProvider>
  </StrictMode>,
);
