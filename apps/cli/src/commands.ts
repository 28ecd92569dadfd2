import type { Command } from './command.ts';
import { answerStop } from './commands/answer-stop.ts';
import { chatStart } from './commands/chat-start.ts';
import { conversationsExport } from './commands/conversations-export.ts';
import { conversationsImport } from './commands/conversations-import.ts';
import { conversationsList } from './commands/conversations-list.ts';
import { conversationsSearch } from './commands/conversations-search.ts';
import { dataBackUp } from './commands/data-back-up.ts';
import { dataRestore } from './commands/data-restore.ts';
import { modelDefaults } from './commands/model-defaults.ts';
import { modelLoad } from './commands/model-load.ts';
import { modelPin } from './commands/model-pin.ts';
import { modelPlan } from './commands/model-plan.ts';
import { modelUnload } from './commands/model-unload.ts';
import { modelUnpin } from './commands/model-unpin.ts';
import { modelsList } from './commands/models-list.ts';
import { modelsWarmUp } from './commands/models-warm-up.ts';
import { presetsChange } from './commands/presets-change.ts';
import { serverServe } from './commands/server-serve.ts';
import { tasksChange } from './commands/tasks-change.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serverServe,
  modelsList,
  modelLoad,
  modelsWarmUp,
  modelPlan,
  modelUnload,
  modelPin,
  modelUnpin,
  modelDefaults,
  tasksChange,
  chatStart,
  answerStop,
  presetsChange,
  conversationsList,
  conversationsSearch,
  conversationsExport,
  conversationsImport,
  dataBackUp,
  dataRestore,
];
