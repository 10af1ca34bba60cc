import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { Api } from '../api/api.ts';
import type { SignIn, WhoAmI } from '../api/types.ts';
import { findMethod } from './find-method.ts';
import { type Asked, SessionKeeper } from './keeper.ts';
import type { SignInMethod, Tokens } from './sign-in-method.ts';

/** Who uses the page, and how they are asked to sign in. */
export interface Session {
  readonly api: Api;
  /** Null before it is known, and where it cannot be found out: see `trouble`. */
  readonly method: SignInMethod | null;
  readonly trouble: unknown;
  /** Null while nobody is signed in. */
  readonly who: WhoAmI | null;
  /** Why somebody who is signed in has to sign in again. */
  readonly asked: Asked | null;
  /** Takes the tokens of a sign-in that succeeded. */
  begin(tokens: Tokens): Promise<void>;
  giveUp(): void;
  signOut(): void;
  /** Looks once more for the way to sign in. */
  retry(): void;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('There is no session here.');
  return session;
}

export function useApi(): Api {
  return useSession().api;
}

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [method, setMethod] = useState<SignInMethod | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [who, setWho] = useState<WhoAmI | null>(null);
  const [tries, setTries] = useState(0);
  const keeper = useMemo(() => new SessionKeeper(setAsked), []);
  const api = useMemo(() => new Api(keeper), [keeper]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each try looks once more
  useEffect(() => {
    let isCurrent = true;
    api
      .call<SignIn>({ path: '/signin' })
      .then(findMethod)
      .then(
        (found) => isCurrent && setMethod(found),
        (error: unknown) => isCurrent && setTrouble(error),
      );
    return () => {
      isCurrent = false;
    };
  }, [api, tries]);

  const begin = useCallback(
    async (tokens: Tokens) => {
      if (method === null) return;
      keeper.begin(method, tokens);
      setWho(await api.call<WhoAmI>({ path: '/whoami' }));
    },
    [api, keeper, method],
  );
  const session = useMemo<Session>(
    () => ({
      api,
      method,
      trouble,
      who,
      asked,
      begin,
      giveUp: () => keeper.giveUp(),
      signOut: () => {
        keeper.end();
        setWho(null);
      },
      retry: () => {
        setTrouble(null);
        setTries((number) => number + 1);
      },
    }),
    [api, method, trouble, who, asked, begin, keeper],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}
