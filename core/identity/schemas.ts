import * as z from 'zod';
import { type Answer, instant } from '../http/fields.ts';
import { ROLES } from '../state/principal.ts';

/** `GET /whoami` */
export const whoAmIAnswer = z
  .strictObject({
    id: z.string(),
    role: z.enum(ROLES),
    credential: z.literal('valid'),
    authenticated_at: instant
      .nullable()
      .meta({ description: 'The last sign-in; refreshing a token is none.' }),
    fresh_sign_in: z.boolean().meta({ description: 'Whether it is recent enough to declare an emergency.' }),
    fresh_until: instant.nullable(),
  })
  .meta({ id: 'Principal' });

export type WhoAmI = Answer<typeof whoAmIAnswer>;
