import { UserManager } from 'oidc-client-ts';

/** Hands what the identity provider answered to the window that asked for it; this one is closed then. */
void new UserManager({ authority: '', client_id: '', redirect_uri: '' }).signinPopupCallback();
