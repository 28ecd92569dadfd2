import type { ReactNode } from 'react';

import { CodeBlock } from './code-block.tsx';
import type { Token } from './parser.ts';
import { showHidden, toLink } from './safe-link.ts';

interface Frame {
  readonly token: Token | undefined;
  readonly children: ReactNode[];
}

/** Tokens to elements. Text becomes text nodes, never markup; nothing is fetched. `isOpen`: more text may come. */
export function renderTokens(tokens: readonly Token[], isOpen: boolean): ReactNode[] {
  const root: Frame = { token: undefined, children: [] };
  const stack: Frame[] = [root];
  for (const [index, token] of tokens.entries()) {
    const top = stack.at(-1) ?? root;
    if (token.nesting === 1) stack.push({ token, children: [] });
    else if (token.nesting === -1) {
      stack.pop();
      (stack.at(-1) ?? root).children.push(toElement(top, index));
    } else top.children.push(toLeaf(token, { key: index, isOpen }));
  }
  return root.children;
}

const TAGS = new Set(['p', 'ul', 'ol', 'li', 'blockquote', 'thead', 'tbody', 'tr', 'strong', 'em', 's']);
/** Each of these stands in the direction of its own first words, whatever that of the page is. */
const DIRECTED = new Set(['p', 'ul', 'blockquote']);
const HEADINGS: Readonly<Record<string, 'h2' | 'h3' | 'h4'>> = { h1: 'h2', h2: 'h2', h3: 'h3' };

function toElement({ token, children }: Frame, key: number): ReactNode {
  if (token === undefined) return null;
  switch (token.type) {
    case 'paragraph_open':
      return token.hidden ? <span key={key}>{children}</span> : toPlainElement('p', { key, children });
    case 'heading_open': {
      const Heading = HEADINGS[token.tag] ?? 'h4';
      return (
        <Heading key={key} dir="auto">
          {children}
        </Heading>
      );
    }
    case 'ordered_list_open':
      return (
        <ol key={key} dir="auto" start={Number(token.attrGet('start') ?? 1)}>
          {children}
        </ol>
      );
    case 'table_open':
      return (
        // What scrolls must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role
        <div key={key} className="table-wrap" tabIndex={0} role="group" aria-label="Table">
          <table dir="auto">{children}</table>
        </div>
      );
    case 'th_open':
    case 'td_open':
      return toCell(token, { key, children });
    case 'link_open':
      return (
        <TargetLink key={key} href={String(token.attrGet('href') ?? '')} isBare={token.info === 'auto' || token.markup === 'autolink'}>
          {children}
        </TargetLink>
      );
    default:
      return toPlainElement(token.tag, { key, children });
  }
}

function toPlainElement(tag: string, { key, children }: { readonly key: number; readonly children: ReactNode[] }): ReactNode {
  if (!TAGS.has(tag)) return <span key={key}>{children}</span>;
  const Tag = tag as 'p';
  return (
    <Tag key={key} dir={DIRECTED.has(tag) ? 'auto' : undefined}>
      {children}
    </Tag>
  );
}

function toCell(token: Token, { key, children }: { readonly key: number; readonly children: ReactNode[] }): ReactNode {
  const align = String(token.attrGet('style') ?? '');
  const className = align.includes('right') ? 'num' : align.includes('center') ? 'text-center' : undefined;
  const Cell = token.tag === 'th' ? 'th' : 'td';
  return (
    <Cell key={key} className={className}>
      {children}
    </Cell>
  );
}

function toLeaf(token: Token, { key, isOpen }: { readonly key: number; readonly isOpen: boolean }): ReactNode {
  switch (token.type) {
    case 'inline':
      return renderTokens(token.children ?? [], isOpen);
    case 'softbreak':
    case 'hardbreak':
      return <br key={key} />;
    case 'code_inline':
      return (
        <code key={key} dir="ltr">
          {showHidden(token.content)}
        </code>
      );
    case 'fence':
    case 'code_block':
      return <CodeBlock key={key} code={token.content} info={token.info} isOpen={isOpen} />;
    case 'hr':
      return <hr key={key} />;
    case 'image':
      return <Picture key={key} source={String(token.attrGet('src') ?? '')} alternative={token.content} />;
    default:
      return showHidden(token.content);
  }
}

interface TargetLinkProps {
  readonly href: string;
  /** The text is the address itself. */
  readonly isBare: boolean;
  readonly children: ReactNode;
}

function TargetLink({ href, isBare, children }: TargetLinkProps) {
  const link = toLink(href);
  if (link.kind === 'blocked')
    return (
      <span>
        <span className="blocked">{children}</span> <span className="target">(blocked link: {showHidden(link.target)})</span>
      </span>
    );
  return (
    <>
      <a href={link.href} title={link.href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
      {isBare ? null : <span className="target"> ({link.target})</span>}
    </>
  );
}

function Picture({ source, alternative }: { readonly source: string; readonly alternative: string }) {
  const link = toLink(source);
  const words = alternative === '' ? 'picture' : `picture: ${showHidden(alternative)}`;
  if (link.kind === 'blocked')
    return (
      <span className="picture">
        [{words}, not loaded <span className="target">({showHidden(link.target)})</span>]
      </span>
    );
  return (
    <span className="picture">
      [
      <a href={link.href} title={link.href} target="_blank" rel="noopener noreferrer nofollow">
        {words}
      </a>
      , not loaded <span className="target">({link.target})</span>]
    </span>
  );
}
