import { defineRoute } from '../../../http/define-route.ts';

export const signOut = defineRoute({
  method: 'DELETE',
  path: '/api/session',
  family: 'session',
  summary: 'Sign a browser out',
  access: 'open',
  answers: { 204: { description: 'The session is gone, here and in the browser' } },
  problems: [],
  handle: ({ header }, { sessions }) => ({ kind: 'empty', headers: { 'set-cookie': sessions.signOut(header('cookie')) } }),
});
