import { sessionRequestSchema } from '@pilotlight/contract';

import { defineRoute } from '../../../http/define-route.ts';

export const signIn = defineRoute({
  method: 'POST',
  path: '/api/session',
  family: 'session',
  summary: 'Sign a browser in with the access token',
  description:
    'Sets a cookie that scripts cannot read and other sites cannot send. Where no token is set, nothing needs to be done and nothing is.',
  body: sessionRequestSchema,
  access: 'open',
  answers: { 204: { description: 'Signed in' } },
  problems: ['unauthorized', 'too_many_attempts'],
  handle: ({ body, remote }, { sessions }) =>
    sessions.tokenNeeded ? { kind: 'empty', headers: { 'set-cookie': sessions.signIn(body.token, remote) } } : { kind: 'empty' },
});
