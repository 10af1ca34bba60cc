import * as de from './de.ts';
import * as en from './en.ts';
import type { Messages } from './messages.ts';

/** The languages that people are spoken to in; the first is for whoever asks for none of them (BCP 47). */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

type InEach<Part extends keyof Messages> = Readonly<Record<Language, Messages[Part]>>;

// One object for each part, so that the authorizer's bundle holds nothing of the maintenance page.
export const OPERATION_MESSAGES: InEach<'operations'> = { en: en.operations, de: de.operations };
export const REFUSAL_MESSAGES: InEach<'refusal'> = { en: en.refusal, de: de.refusal };
export const PAGE_MESSAGES: InEach<'page'> = { en: en.page, de: de.page };
