import type { LanguageFn } from 'highlight.js';
import { createLowlight } from 'lowlight';
import type { ReactNode } from 'react';

import type { Highlighter } from './languages.ts';

type Tree = ReturnType<ReturnType<typeof createLowlight>['highlight']>;
type Node = Tree['children'][number];

/** A highlighter for one language. It gives elements with text in them, never markup. */
export function createHighlighter(language: LanguageFn): Highlighter {
  const lowlight = createLowlight({ code: language });
  return (code) => lowlight.highlight('code', code).children.map(toNode);
}

function toNode(node: Node, key: number): ReactNode {
  if (node.type === 'text') return node.value;
  if (node.type !== 'element') return null;
  const names = node.properties['className'];
  return (
    <span key={key} className={Array.isArray(names) ? names.join(' ') : undefined}>
      {node.children.map(toNode)}
    </span>
  );
}
