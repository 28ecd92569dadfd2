import { expect, test } from 'vitest';
import { parseOllamaHosts } from './ollama-hosts.ts';

test.each([
  ['127.0.0.1', ['http://127.0.0.1:11434']],
  ['localhost', ['http://localhost:11434']],
  ['example.com', ['http://example.com:11434']],
  ['example.com.', ['http://example.com.:11434']],
  ['ollama_box:1234', ['http://ollama_box:1234']],
  ['1.2.3.4:5678', ['http://1.2.3.4:5678']],
  [':11435', ['http://127.0.0.1:11435']],
  ['http://1.2.3.4', ['http://1.2.3.4:80']],
  ['https://1.2.3.4', ['https://1.2.3.4:443']],
  ['HTTPS://Example.COM', ['https://example.com:443']],
  ['https://example.com:8443', ['https://example.com:8443']],
  ['http://example.com/ollama', ['http://example.com:80/ollama']],
  ['example.com/ollama/', ['http://example.com:11434/ollama']],
  ['example.com:5000/a/b', ['http://example.com:5000/a/b']],
  ['http://', ['http://127.0.0.1:80']],
  ['http://:9000', ['http://127.0.0.1:9000']],
  ['::1', ['http://[::1]:11434']],
  ['[::1]', ['http://[::1]:11434']],
  ['[::1]:5000', ['http://[::1]:5000']],
  ['fd00::12', ['http://[fd00::12]:11434']],
  ['https://[fd00::12]/x', ['https://[fd00::12]:443/x']],
  ['0.0.0.0', ['http://127.0.0.1:11434']],
  ['0.0.0.0:5000', ['http://127.0.0.1:5000']],
  ['::', ['http://[::1]:11434']],
  ['[::]:5000', ['http://[::1]:5000']],
  ['  1.2.3.4  ', ['http://1.2.3.4:11434']],
  ['"1.2.3.4:80"', ['http://1.2.3.4:80']],
  ["'http://1.2.3.4:80'", ['http://1.2.3.4:80']],
  ['gpu-1, gpu-2:5000 ,https://gpu-3', ['http://gpu-1:11434', 'http://gpu-2:5000', 'https://gpu-3:443']],
  ['"gpu-1","gpu-2"', ['http://gpu-1:11434', 'http://gpu-2:11434']],
  ['gpu-1,gpu-1:11434', ['http://gpu-1:11434']],
])('%s is %j', (text, urls) => {
  expect(parseOllamaHosts(text)).toEqual({ ok: true, value: urls });
});

test.each([
  ['11434', 'put a colon before it, as in :11434'],
  ['http://11434', 'put a colon before it'],
  ['localhost:0', 'from 1 to 65535'],
  ['localhost:65536', 'from 1 to 65535'],
  ['localhost:abc', 'from 1 to 65535'],
  ['localhost:', 'from 1 to 65535'],
  ['ftp://localhost', 'begins with http:// or https://'],
  ['unix:///run/ollama.sock', 'begins with http:// or https://'],
  ['http://me:secret@localhost', 'without a user name or password'],
  ['localhost?x=1', 'host:port'],
  ['localhost#x', 'host:port'],
  ['two words', 'host:port'],
  ['1.2.3:4:5', 'host:port'],
  ['fe80::1%eth0', 'host:port'],
  ['[::1', 'host:port'],
  ['a,,b', 'host:port'],
  ['a,', 'host:port'],
  ['-bad-', 'host:port'],
])('%s is refused with what would be right', (text, expected) => {
  const parsed = parseOllamaHosts(text);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? '' : parsed.expected).toContain(expected);
});

test('what is returned is a base URL that needs no further parsing', () => {
  const parsed = parseOllamaHosts('[fd00::1]:5000/x,https://a.b');
  const urls = parsed.ok ? parsed.value : [];
  expect(urls.map((url) => new URL(`${url}/api/tags`).pathname)).toEqual(['/x/api/tags', '/api/tags']);
});
