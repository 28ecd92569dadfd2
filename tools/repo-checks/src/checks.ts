import type { Check } from './check.ts';
import { layers } from './checks/layers.ts';
import { leftovers } from './checks/leftovers.ts';
import { links } from './checks/links.ts';
import { mentions } from './checks/mentions.ts';
import { names } from './checks/names.ts';
import { licences, lockFile, manifests } from './checks/packages.ts';
import { sizes } from './checks/sizes.ts';
import { syntax } from './checks/syntax.ts';
import { tests } from './checks/tests.ts';
import { tracked } from './checks/tracked.ts';

/** Every check over the repository itself. A new rule is a row here, and a planted fault in its test. */
export const CHECKS: readonly Check[] = [
  layers,
  syntax,
  names,
  sizes,
  leftovers,
  tracked,
  tests,
  links,
  mentions,
  manifests,
  lockFile,
  licences,
];
