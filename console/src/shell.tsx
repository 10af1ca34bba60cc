import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import Spinner from '@cloudscape-design/components/spinner';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { Component, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { PLACES } from './pages/places.ts';
import { RefusalAlert } from './parts/refusal-alert.tsx';
import { StatusLine } from './parts/status-line.tsx';
import { useGo } from './parts/use-go.ts';
import { useSession } from './session/session.tsx';
import { SignInAgain } from './session/sign-in-again.tsx';

/** Navigation, the line of the status, and the page that is chosen. */
export default function Shell() {
  const { who, signOut } = useSession();
  const { pathname } = useLocation();
  const go = useGo();
  const [isOpen, setIsOpen] = useState(() => window.matchMedia('(min-width: 912px)').matches);
  const place = PLACES.find(({ path }) => path === `/${pathname.split('/')[1]}`);

  useEffect(() => {
    document.title = `${place?.title ?? 'Overview'} – Maintenance console`;
  }, [place]);

  // Whoever has chosen another page by keyboard or screen reader goes on from its begin.
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) document.getElementById('content')?.focus();
    shown.current = pathname;
  }, [pathname]);

  return (
    <>
      <button type="button" className="skip-link" onClick={() => document.getElementById('content')?.focus()}>
        Skip to content
      </button>
      <div id="top">
        <TopNavigation
          identity={{ href: '#/overview', title: 'Maintenance console' }}
          utilities={[
            {
              type: 'menu-dropdown',
              text: who?.id ?? '',
              ariaLabel: `Signed in as ${who?.id}`,
              iconName: 'user-profile',
              items: [{ id: 'sign-out', text: 'Sign out' }],
              onItemClick: signOut,
            },
          ]}
        />
      </div>
      <AppLayoutToolbar
        headerSelector="#top"
        toolsHide
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setIsOpen(detail.open)}
        ariaLabels={{
          navigation: 'Pages',
          navigationToggle: 'Open the list of pages',
          navigationClose: 'Close the list of pages',
        }}
        breadcrumbs={
          <BreadcrumbGroup
            ariaLabel="Where you are"
            items={[
              { text: 'Maintenance', href: '#/overview' },
              { text: place?.title ?? 'Overview', href: `#${place?.path ?? '/overview'}` },
            ]}
          />
        }
        navigation={
          <SideNavigation
            activeHref={`#${place?.path ?? '/overview'}`}
            onFollow={(event) => {
              event.preventDefault();
              go(event.detail.href.slice(1));
              if (!window.matchMedia('(min-width: 912px)').matches) setIsOpen(false);
            }}
            items={[
              ...PLACES.filter(({ isAct }) => !isAct).map(({ path, title }) => ({
                type: 'link' as const,
                text: title,
                href: `#${path}`,
              })),
            ]}
          />
        }
        content={
          <div id="content" tabIndex={-1}>
            <StatusLine />
            <Guard key={pathname}>
              <Suspense fallback={<Spinner size="large" />}>
                <Routes>
                  {PLACES.map(({ path, page: Page }) => (
                    <Route key={path} path={`${path}/*`} element={<Page />} />
                  ))}
                  <Route path="*" element={<Navigate to="/overview" replace />} />
                </Routes>
              </Suspense>
            </Guard>
          </div>
        }
      />
      <SignInAgain />
    </>
  );
}

/** A page that breaks takes neither the navigation nor the status with it. */
class Guard extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === null ? this.props.children : <RefusalAlert error={this.state.error} />;
  }
}
