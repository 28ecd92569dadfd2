import type {
  ContextUsage,
  ConversationView,
  EngineView,
  ErrorPart,
  FinishPart,
  MessageView,
  ModelPlan,
  ModelsView,
  ModelView,
  PhasePart,
  Preset,
  Receipt,
  SearchHit,
  StorageView,
  StreamPart,
} from '@pilotlight/contract';

/** All that the scripted server knows. What is shown of it depends on nothing else, so that every state of the page can be had at will. */
export interface Scenario {
  readonly models: ModelsView;
  readonly conversations: readonly ConversationView[];
  /** Logs by generation. One without a terminal part stays open. */
  readonly logs: Readonly<Record<string, readonly StreamPart[]>>;
  /** The conversation that the page opens; absent: a new one. */
  readonly open?: string;
  /** What is typed into the search when the page is open. */
  readonly query?: string;
  /** What every search finds; `away`: it gets no answer. Absent: nothing. */
  readonly hits?: readonly SearchHit[] | 'away';
  readonly presets?: readonly Preset[];
  /** What the gauge is told; absent: nothing. */
  readonly context?: ContextUsage;
  /** What a load of any model would do; absent: it cannot be said. */
  readonly plan?: ModelPlan;
  /** Whether anything can be stored; absent: the server does not say. */
  readonly storage?: StorageView;
  /** Streams come as through a proxy that gathers them. */
  readonly isHeldBack?: boolean;
  /** The page is asked to sign in. */
  readonly needsToken?: boolean;
}

/** The time at which every scenario plays. */
export const NOW = '2026-11-24T09:31:30.000Z';

export function ago(seconds: number): string {
  return new Date(Date.parse(NOW) - seconds * 1000).toISOString();
}

const GB = 1e9;
export const TOTAL_MEMORY = 16 * GB;

export function model(name: string, change: Partial<ModelView> = {}): ModelView {
  const phase = change.phase ?? 'cold';
  return {
    name,
    engine: 'ollama',
    provider: 'ollama',
    health: true,
    phase,
    ready: phase === 'ready' || phase === 'busy',
    reason: phase === 'cold' ? 'Not loaded since the server started.' : '',
    since: ago(1740),
    active: phase === 'busy' ? 1 : 0,
    queued: 0,
    default: false,
    capabilities: ['completion'],
    metrics: { answers: 12, failures: 0, loads: 5, tokens_per_second: 20, last_load_ms: 8000 },
    ...change,
  };
}

export const PILOT = model('pilot:latest', {
  engine: 'built-in',
  provider: 'llama.cpp',
  phase: 'ready',
  ready: true,
  size_bytes: 9.4e6,
  memory_bytes: 12e6,
  context_length: 2048,
  default: true,
});
export const MISTRAL = model('mistral:latest', { phase: 'ready', ready: true, size_bytes: 4.1 * GB, memory_bytes: 4.4 * GB });
export const CODELLAMA = model('codellama:latest', { size_bytes: 3.8 * GB, memory_bytes: 5.6 * GB });
export const PHI = model('phi3:mini', { size_bytes: 2.2 * GB, memory_bytes: 2.6 * GB });

export const BUILT_IN: EngineView = {
  id: 'built-in',
  kind: 'llama.cpp',
  address: 'built in',
  reachable: true,
  reason: 'Runs inside Pilotlight.',
  since: ago(3600),
};
export const OLLAMA: EngineView = {
  id: 'ollama',
  kind: 'ollama',
  address: 'http://localhost:11434',
  reachable: true,
  version: '0.17.1',
  reason: 'Answers in 3 ms.',
  since: ago(3600),
};

/** A picture of models in which resident memory and free memory add up. */
export function picture(models: readonly ModelView[], engines: readonly EngineView[] = [BUILT_IN, OLLAMA]): ModelsView {
  const resident = models
    .filter((one) => one.ready || one.phase === 'warming')
    .map((one) => ({ model: one.name, bytes: one.memory_bytes ?? 0 }));
  const used = resident.reduce((sum, { bytes }) => sum + bytes, 0) + 2.2 * GB;
  return { models: [...models], engines: [...engines], memory: { total_bytes: TOTAL_MEMORY, free_bytes: TOTAL_MEMORY - used, resident } };
}

export function receipt(change: Partial<Receipt> = {}): Receipt {
  return {
    model: 'mistral:latest',
    engine: 'ollama',
    task: 'chat',
    started_at: ago(1100),
    queue_ms: 0,
    load_ms: 0,
    first_token_ms: 800,
    total_ms: 9000,
    prompt_tokens: 412,
    completion_tokens: 180,
    tokens_per_second: 20,
    attempts: [],
    seams: [],
    ...change,
  };
}

export function question(id: string, content: string, change: Partial<MessageView> = {}): MessageView {
  return { id, parent_id: null, role: 'user', content, created_at: ago(1152), ...change };
}

export function answer(id: string, parent: string, change: Partial<MessageView> = {}): MessageView {
  return {
    id,
    parent_id: parent,
    role: 'assistant',
    content: '',
    created_at: ago(1140),
    state: 'complete',
    generation_id: `g-${id}`,
    model: 'mistral:latest',
    finish_reason: 'stop',
    receipt: receipt(),
    ...change,
  };
}

/** An answer that is being written: it has neither receipt nor end. */
export function runningAnswer(id: string, parent: string, name: string): MessageView {
  return {
    id,
    parent_id: parent,
    role: 'assistant',
    content: '',
    created_at: ago(8),
    state: 'running',
    generation_id: `g-${id}`,
    model: name,
  };
}

export function conversation(
  id: string,
  title: string,
  messages: readonly MessageView[],
  change: Partial<ConversationView> = {},
): ConversationView {
  const running = messages.find((message) => message.state === 'running')?.generation_id;
  return {
    id,
    title,
    created_at: ago(4000),
    updated_at: ago(100),
    ...(running === undefined ? {} : { running_generation_id: running }),
    head_id: messages.at(-1)?.id ?? null,
    messages: [...messages],
    ...change,
  };
}

/** The beginning of a log: which conversation and model it belongs to. */
export function start(message: string, name: string): StreamPart {
  return { type: 'start', conversation_id: 'c-1', generation_id: `g-${message}`, message_id: message, model: name };
}

export function phase(part: Omit<PhasePart, 'type' | 'reason' | 'since'> & Partial<PhasePart>): PhasePart {
  return { type: 'phase', reason: '', since: ago(8), ...part };
}

export function finish(change: Partial<FinishPart> = {}): FinishPart {
  return { type: 'finish', reason: 'stop', receipt: receipt(), ...change };
}

export function failure(change: Partial<ErrorPart> & Pick<ErrorPart, 'code' | 'title'>): ErrorPart {
  return { type: 'error', detail: '', remedy: '', source: 'upstream', kept: false, receipt: receipt(), ...change };
}
