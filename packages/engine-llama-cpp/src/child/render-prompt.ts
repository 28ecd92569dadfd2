import { LlamaText, SpecialTokensText } from 'node-llama-cpp';
import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';

import type { Message, Thinking } from '@pilotlight/contract';

import { canBegin, createWrappers } from './chat-wrappers.ts';
import type { ReasoningMarks } from './reasoning-splitter.ts';
import { Refusal } from './refusal.ts';

export interface Prompt {
  readonly tokens: Token[];
  /** Tokens that end the answer though the file does not mark them as such. */
  readonly stopTokens: ReadonlySet<Token>;
  readonly stopTexts: readonly string[];
  readonly reasoning: ReasoningMarks | undefined;
  /** The answer goes on with a message that was begun. */
  readonly continues: boolean;
}

export interface PromptRenderer {
  /** The tokens that the model reads for these messages, up to where its answer begins. `thinking` absent: as the template does. Throws `Refusal`. */
  render(messages: readonly Message[], thinking?: Thinking): Prompt;
}

const PLAIN: readonly Message[] = [{ role: 'user', content: 'Hello' }];
/** The wrapper ends the prompt where the last message of the model ends: with an empty one, where its answer begins. */
const EMPTY: Message = { role: 'assistant', content: '' };

/**
 * Puts messages into the form that the model was trained on, by the template in its file. Only what the template itself writes can become a special
 * token: the wrapper renders it with placeholders, and the content of messages is made into tokens as plain text, so nobody can end their turn by
 * writing its end mark.
 */
export function createPromptRenderer(model: LlamaModel): PromptRenderer {
  const wrapperFor = createWrappers(model);
  let stops: Pick<Prompt, 'stopTexts' | 'stopTokens'> | undefined;
  let obeys: boolean | undefined;

  function begin(messages: readonly Message[], thinking: Thinking | undefined): Rendered {
    const wrapper = wrapperFor({ thinking, begins: true });
    const started = canBegin(wrapper) ? tryGenerate(wrapper, messages.map(toItem)) : undefined;
    return started === undefined ? goOn([...messages, EMPTY], thinking) : { wrapper, contextText: started.contextText };
  }

  function goOn(messages: readonly Message[], thinking: Thinking | undefined): Rendered {
    const wrapper = wrapperFor({ thinking, begins: false });
    return { wrapper, contextText: generate(wrapper, messages.map(toItem)).contextText };
  }

  /** What ends an answer stands behind it in the template. */
  function findStops(): Pick<Prompt, 'stopTexts' | 'stopTokens'> {
    const wrapper = wrapperFor({ thinking: undefined, begins: false });
    return toStops(model, generate(wrapper, [...PLAIN, EMPTY].map(toItem)).stopGenerationTriggers);
  }

  /** Whether the template writes another prompt where it is told not to think. */
  function hasSwitch(): boolean {
    return toText(begin(PLAIN, true).contextText) !== toText(begin(PLAIN, false).contextText);
  }

  return {
    render(messages, thinking) {
      const continues = messages.at(-1)?.role === 'assistant';
      const rendered = continues ? goOn(messages, thinking) : begin(messages, thinking);
      const mustNot = thinking === false && !continues && !(obeys ??= hasSwitch());
      const contextText = mustNot ? withoutThought(rendered) : rendered.contextText;
      const tokens = contextText.tokenize(model.tokenizer);
      const { bos } = model.tokens;
      if (model.tokens.shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
      stops ??= findStops();
      return { tokens, ...stops, reasoning: toMarks(rendered.wrapper, contextText), continues };
    },
  };
}

interface Rendered {
  readonly wrapper: ChatWrapper;
  readonly contextText: LlamaText;
}

/** A template without a switch is given a thought that is over before it began. */
function withoutThought({ wrapper, contextText }: Rendered): LlamaText {
  const marks = toMarks(wrapper, contextText);
  if (marks === undefined) return contextText;
  return LlamaText([contextText, new SpecialTokensText(`${marks.startsInside ? '' : marks.open}\n\n${marks.close}\n\n`)]);
}

function generate(wrapper: ChatWrapper, chatHistory: readonly ChatHistoryItem[]): ReturnType<ChatWrapper['generateContextState']> {
  try {
    return wrapper.generateContextState({ chatHistory });
  } catch (error) {
    throw new Refusal('invalid', "The model's chat template does not take messages in this order.", { cause: error });
  }
}

/** Undefined: the template does not take it so. */
function tryGenerate(
  wrapper: ChatWrapper,
  chatHistory: readonly ChatHistoryItem[],
): ReturnType<ChatWrapper['generateContextState']> | undefined {
  try {
    return wrapper.generateContextState({ chatHistory });
  } catch {
    return undefined;
  }
}

function toItem({ role, content }: Message): ChatHistoryItem {
  switch (role) {
    case 'system':
      return { type: 'system', text: content };
    case 'assistant':
      return { type: 'model', response: content === '' ? [] : [content] };
    case 'user':
    case 'tool':
      return { type: 'user', text: content };
    default:
      return role satisfies never;
  }
}

function toStops(model: LlamaModel, triggers: readonly LlamaText[]): Pick<Prompt, 'stopTexts' | 'stopTokens'> {
  const stopTokens = new Set<Token>();
  const stopTexts: string[] = [];
  for (const trigger of triggers) {
    const [first] = trigger.tokenize(model.tokenizer);
    if (first === undefined) continue;
    if (model.isSpecialToken(first) || model.isEogToken(first)) stopTokens.add(first);
    else if (toText(trigger).trim() !== '') stopTexts.push(toText(trigger).trimEnd());
  }
  return { stopTokens, stopTexts };
}

function toMarks(wrapper: ChatWrapper, contextText: LlamaText): ReasoningMarks | undefined {
  const thought = wrapper.settings.segments?.thought;
  if (thought?.suffix === undefined) return undefined;
  const { prefix } = thought;
  const open = toText(LlamaText(typeof prefix === 'object' && 'type' in prefix ? ['<think>'] : prefix)).trim();
  const close = toText(LlamaText(thought.suffix)).trim();
  if (open === '' || close === '') return undefined;
  return { open, close, startsInside: toText(contextText).trimEnd().endsWith(open) };
}

function toText(text: LlamaText): string {
  return text.values.map((value) => (typeof value === 'string' ? value : value instanceof SpecialTokensText ? value.value : '')).join('');
}
