import type { EngineView, ModelsView, ModelView } from '@pilotlight/contract';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { Flame } from '../../ui/flame.tsx';
import { canChat, defaultModel } from '../models/models-state.ts';
import { consequence, modelSize, phaseWords } from '../models/phase-words.ts';
import { awayWords, foundWords, headingWords } from './found-words.ts';

const SHOWN_MODELS = 5;

/** A new chat: what was found on this machine, in one line, and which models can answer. */
export function FirstRun() {
  const models = useAppState((state) => state.models);
  const isAway = useAppState((state) => state.connection.kind === 'lost');
  const model = defaultModel(models);
  return (
    <div className="pt-9">
      <div className="cols">
        <div className="m">
          <Flame phase={model?.phase ?? 'unknown'} progress={model?.progress} size={32} />
        </div>
        <div>
          <h2 className="first-heading">{headingWords(models, model, isAway)}</h2>
          <p className="lead">{foundWords(models, isAway)}</p>
        </div>
      </div>
      {models === undefined ? null : <Found models={models} />}
    </div>
  );
}

function Found({ models }: { readonly models: ModelsView }) {
  const now = useNow(1000);
  const away = models.engines.filter((engine) => !engine.reachable && engine.kind !== 'llama.cpp');
  const shown = models.models.filter((model) => canChat(model) && model.health).slice(0, SHOWN_MODELS);
  return (
    <div className="mt-7">
      {away.map((engine) => (
        <EngineRow key={engine.id} engine={engine} />
      ))}
      {shown.map((model) => (
        <ModelRow key={`${model.engine} ${model.name}`} model={model} now={now} />
      ))}
      <div className="cols hint-row">
        <div className="m" />
        <p className="hint m-0">
          More models: put a <code>.gguf</code> file into the folder <code>models</code> of the data folder, or pull one with Ollama. They
          appear here by themselves.
        </p>
      </div>
    </div>
  );
}

function EngineRow({ engine }: { readonly engine: EngineView }) {
  return (
    <div className="mrow cols">
      <div className="m">
        <span>not reachable</span>
      </div>
      <div>
        <div className="ln">
          <span className="nm">{engine.kind === 'ollama' ? 'Ollama' : engine.id}</span>
        </div>
        <p className="why">{awayWords(engine)}</p>
      </div>
    </div>
  );
}

function ModelRow({ model, now }: { readonly model: ModelView; readonly now: number }) {
  const app = useApp();
  const isFirst = useAppState((state) => state.conversations?.length === 0);
  return (
    <div className="mrow cols">
      <div className="m">
        <span>
          <Flame phase={model.phase} progress={model.progress} /> {phaseWords(model, now)}
        </span>
      </div>
      <div>
        <div className="ln">
          <span className="nm">{model.name}</span>
          <span className="sz">{modelSize(model)}</span>
        </div>
        <div className="foot">
          <p className="why">{consequence(model, now)}</p>
          {model.ready && model.default && isFirst ? (
            <div className="btns">
              <button
                type="button"
                className="btn small"
                onClick={() =>
                  app.send({ conversationId: undefined, text: 'Hello. What can you do?', parentId: undefined, model: model.name })
                }
              >
                Say hello
              </button>
            </div>
          ) : null}
          {model.phase === 'cold' ? (
            <div className="btns">
              <button
                type="button"
                className="btn small"
                aria-label={`Load ${model.name}`}
                onClick={() => void app.loadModel(model.name, 'load')}
              >
                Load
              </button>
            </div>
          ) : null}
        </div>
      </div>
    </div>
  );
}
