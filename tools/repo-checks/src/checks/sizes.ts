import { eachFile, type Check } from '../check.ts';

const MOST_LINES = 300;

/** Lint counts the lines of code; this counts those of what lint does not read. */
export const sizes: Check = eachFile(
  'sizes',
  (path) => /\.(css|sh|py)$/.test(path) && !path.includes('/corpus/'),
  ({ path, text }) => {
    const withoutComments = path.endsWith('.css') ? text.replaceAll(/\/\*[\s\S]*?\*\//g, '') : text.replaceAll(/^\s*#.*$/gm, '');
    const lines = withoutComments.split('\n').filter((line) => line.trim() !== '').length;
    return lines > MOST_LINES ? [`${path} has ${lines} lines; ${MOST_LINES} are the most. Split it by concern.`] : [];
  },
);
