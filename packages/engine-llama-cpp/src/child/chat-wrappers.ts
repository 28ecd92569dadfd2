import { JinjaTemplateChatWrapper, resolveChatWrapper } from 'node-llama-cpp';
import type { ChatWrapper, JinjaTemplateChatWrapperOptions, LlamaModel } from 'node-llama-cpp';

import type { Thinking } from '@pilotlight/contract';

export interface WrapperWish {
  /** Absent: as the template does by itself. */
  readonly thinking: Thinking | undefined;
  /** A fresh answer begins, as the template itself begins one; else the last message goes on. */
  readonly begins: boolean;
}

/** The wrapper of a model's chat template that renders it in this way. */
export type FindWrapper = (wish: WrapperWish) => ChatWrapper;

/** Wrappers of one model, each made when it is first needed. */
export function createWrappers(model: LlamaModel): FindWrapper {
  const wrappers = new Map<string, ChatWrapper>();
  return (wish) => {
    const key = `${wish.thinking} ${wish.begins}`;
    const known = wrappers.get(key);
    if (known !== undefined) return known;
    const made = toWrapper(model, wish);
    wrappers.set(key, made);
    return made;
  };
}

/** Whether the wrapper can begin an answer by itself; one that cannot is given an empty answer to go on with. */
export function canBegin(wrapper: ChatWrapper): boolean {
  return wrapper instanceof JinjaTemplateChatWrapper && wrapper.additionalRenderParameters?.['add_generation_prompt'] === true;
}

function toWrapper(model: LlamaModel, wish: WrapperWish): ChatWrapper {
  const template = model.fileInfo.metadata.tokenizer?.chat_template;
  if (typeof template !== 'string' || template.trim() === '') return resolveChatWrapper(model, { warningLogs: false });
  try {
    return new JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer, ...toRendering(wish) });
  } catch {
    // A template that cannot be rendered: the library knows the formats of common families by heart.
    return resolveChatWrapper(model, { warningLogs: false, noJinja: true });
  }
}

/** Templates call the switch `enable_thinking` or `thinking`, and the effort `reasoning_effort`; what a template does not know it leaves alone. */
function toRendering({ thinking, begins }: WrapperWish): Pick<JinjaTemplateChatWrapperOptions, 'reasoning' | 'additionalRenderParameters'> {
  const start = begins ? { add_generation_prompt: true } : {};
  if (thinking === undefined) return { reasoning: null, additionalRenderParameters: start };
  const isOn = thinking !== false;
  const effort = typeof thinking === 'string' ? { reasoning_effort: thinking } : {};
  return { reasoning: isOn, additionalRenderParameters: { ...start, thinking: isOn, ...effort } };
}
