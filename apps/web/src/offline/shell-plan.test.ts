import { describe, expect, it } from 'vitest';

import { cachesToDelete, isAway, toNewestCache, toShellAction } from './shell-plan.ts';

const ORIGIN = 'http://127.0.0.1:8000';

function actionOf(path: string, mode = 'navigate', method = 'GET') {
  return toShellAction({ method, mode, url: `${ORIGIN}${path}`, origin: ORIGIN });
}

describe('what the browser keeps of the page', () => {
  it('is the document at its own addresses alone', () => {
    expect(actionOf('/')).toBe('page');
    expect(actionOf('/?utm=1')).toBe('page');
    expect(actionOf('/c/0192f3a4')).toBe('page');
    for (const path of ['/docs', '/nope', '/c/', '/c/a/b', '/openapi.json', '/api/models'])
      expect([path, actionOf(path)]).toEqual([path, 'none']);
  });

  it('is never an answer of the API, however it is asked for', () => {
    for (const path of ['/api/models', '/api/events', '/api/conversations/c-1/export?format=json', '/v1/models', '/health', '/livez'])
      for (const mode of ['cors', 'same-origin', 'no-cors', 'navigate'])
        expect([path, mode, actionOf(path, mode)]).toEqual([path, mode, 'none']);
  });

  it('is what the document needs', () => {
    expect(actionOf('/assets/index-gwxYeUNc.js', 'cors')).toBe('asset');
    expect(actionOf('/flames/ready.svg', 'no-cors')).toBe('mark');
    expect(actionOf('/manifest.webmanifest', 'cors')).toBe('mark');
    expect(actionOf('/sw.js', 'same-origin')).toBe('none');
  });

  it('is nothing that is posted, and nothing of elsewhere', () => {
    expect(actionOf('/', 'navigate', 'POST')).toBe('none');
    expect(toShellAction({ method: 'GET', mode: 'no-cors', url: 'http://elsewhere.example/assets/a.js', origin: ORIGIN })).toBe('none');
  });
});

describe('old versions', () => {
  it('go, but for the one before the newest, and nothing else goes with them', () => {
    const names = ['pilotlight-shell-1', 'of-somebody-else', 'pilotlight-shell-2', 'pilotlight-shell-3'];
    expect(cachesToDelete(names, 'pilotlight-shell-3')).toEqual(['pilotlight-shell-1']);
    expect(cachesToDelete(['pilotlight-shell-3'], 'pilotlight-shell-3')).toEqual([]);
    expect([toNewestCache(names), toNewestCache(['of-somebody-else'])]).toEqual(['pilotlight-shell-3', undefined]);
  });
});

describe('a proxy without a server behind it', () => {
  it('counts as no answer, a refusal does not', () => {
    expect([502, 503, 504].every(isAway)).toBe(true);
    expect([200, 304, 401, 404, 500].some(isAway)).toBe(false);
  });
});
