import { JinjaTemplateChatWrapper, LlamaText, resolveChatWrapper, SpecialTokensText } from 'node-llama-cpp';
import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';

import type { Message } from '@pilotlight/contract';

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
  /** The tokens that the model reads for these messages, up to where its answer begins. Throws `Refusal`. */
  render(messages: readonly Message[]): Prompt;
}

/**
 * Puts messages into the form that the model was trained on, by the template in its file. Only what the template itself writes can become a special
 * token: the wrapper renders it with placeholders, and the content of messages is made into tokens as plain text, so nobody can end their turn by
 * writing its end mark.
 */
export function createPromptRenderer(model: LlamaModel): PromptRenderer {
  const wrapper = toWrapper(model);
  return {
    render(messages) {
      const history = toHistory(messages);
      const { contextText, stopGenerationTriggers } = generate(wrapper, history);
      const tokens = contextText.tokenize(model.tokenizer);
      const { bos } = model.tokens;
      if (model.tokens.shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
      return {
        tokens,
        ...toStops(model, stopGenerationTriggers),
        reasoning: toMarks(wrapper, contextText),
        continues: messages.at(-1)?.role === 'assistant',
      };
    },
  };
}

function toWrapper(model: LlamaModel): ChatWrapper {
  const template = model.fileInfo.metadata.tokenizer?.chat_template;
  if (typeof template !== 'string' || template.trim() === '') return resolveChatWrapper(model, { warningLogs: false });
  try {
    return new JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer });
  } catch {
    // A template that cannot be rendered: the library knows the formats of common families by heart.
    return resolveChatWrapper(model, { warningLogs: false, noJinja: true });
  }
}

function generate(wrapper: ChatWrapper, chatHistory: readonly ChatHistoryItem[]): ReturnType<ChatWrapper['generateContextState']> {
  try {
    return wrapper.generateContextState({ chatHistory });
  } catch (error) {
    throw new Refusal('invalid', "The model's chat template does not take messages in this order.", { cause: error });
  }
}

/** The last item is always one of the model, empty unless it goes on with a message: the wrapper then ends the prompt where the answer begins. */
function toHistory(messages: readonly Message[]): ChatHistoryItem[] {
  const history = messages.map(toItem);
  return messages.at(-1)?.role === 'assistant' ? history : [...history, { type: 'model', response: [] }];
}

function toItem({ role, content }: Message): ChatHistoryItem {
  switch (role) {
    case 'system':
      return { type: 'system', text: content };
    case 'assistant':
      return { type: 'model', response: [content] };
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
