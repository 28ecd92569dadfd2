import type { Route } from '../http/define-route.ts';
import { deleteAttachment } from './attachments/delete-attachment/delete-attachment.ts';
import { getAttachmentContent } from './attachments/get-attachment-content/get-attachment-content.ts';
import { getAttachment } from './attachments/get-attachment/get-attachment.ts';
import { uploadAttachment } from './attachments/upload-attachment/upload-attachment.ts';
import { deleteHistory } from './chat/delete-history/delete-history.ts';
import { getHistory } from './chat/get-history/get-history.ts';
import { sendMessage } from './chat/send-message/send-message.ts';
import { streamMessage } from './chat/stream-message/stream-message.ts';
import { measureContext } from './context/measure-context/measure-context.ts';
import { changeConversation } from './conversations/change-conversation/change-conversation.ts';
import { continueAnswer } from './conversations/continue-answer/continue-answer.ts';
import { deleteConversation } from './conversations/delete-conversation/delete-conversation.ts';
import { exportConversation } from './conversations/export-conversation/export-conversation.ts';
import { followConversations } from './conversations/follow-conversations/follow-conversations.ts';
import { getConversation } from './conversations/get-conversation/get-conversation.ts';
import { importConversations } from './conversations/import-conversations/import-conversations.ts';
import { listConversations } from './conversations/list-conversations/list-conversations.ts';
import { listFolders } from './conversations/list-folders/list-folders.ts';
import { postMessage } from './conversations/post-message/post-message.ts';
import { regenerateAnswer } from './conversations/regenerate-answer/regenerate-answer.ts';
import { restoreConversation } from './conversations/restore-conversation/restore-conversation.ts';
import { searchConversations } from './conversations/search-conversations/search-conversations.ts';
import { selectMessage } from './conversations/select-message/select-message.ts';
import { followEverything } from './events/follow-everything/follow-everything.ts';
import { followGeneration } from './generations/follow-generation/follow-generation.ts';
import { stopGeneration } from './generations/stop-generation/stop-generation.ts';
import { getHealth } from './health/get-health/get-health.ts';
import { getLiveness } from './health/get-liveness/get-liveness.ts';
import { getReadiness } from './health/get-readiness/get-readiness.ts';
import { getStartup } from './health/get-startup/get-startup.ts';
import { followModels } from './models/follow-models/follow-models.ts';
import { getDefaults } from './models/get-defaults/get-defaults.ts';
import { getModel } from './models/get-model/get-model.ts';
import { listModelHealth } from './models/list-model-health/list-model-health.ts';
import { listModels } from './models/list-models/list-models.ts';
import { loadModel } from './models/load-model/load-model.ts';
import { pinModel } from './models/pin-model/pin-model.ts';
import { planLoad } from './models/plan-load/plan-load.ts';
import { resetDefaults } from './models/reset-defaults/reset-defaults.ts';
import { setDefaults } from './models/set-defaults/set-defaults.ts';
import { unloadModel } from './models/unload-model/unload-model.ts';
import { unpinModel } from './models/unpin-model/unpin-model.ts';
import { warmUpModels } from './models/warm-up-models/warm-up-models.ts';
import { addPreset } from './presets/add-preset/add-preset.ts';
import { changePreset } from './presets/change-preset/change-preset.ts';
import { deletePreset } from './presets/delete-preset/delete-preset.ts';
import { listPresets } from './presets/list-presets/list-presets.ts';
import { signIn } from './session/sign-in/sign-in.ts';
import { signOut } from './session/sign-out/sign-out.ts';
import { getTask } from './tasks/get-task/get-task.ts';
import { listTasks } from './tasks/list-tasks/list-tasks.ts';
import { resetTasks } from './tasks/reset-tasks/reset-tasks.ts';
import { setTasks } from './tasks/set-tasks/set-tasks.ts';

/** Every address of the API. The server, `/openapi.json` and `/docs` are made from it. */
export const ROUTES: readonly Route[] = [
  sendMessage,
  streamMessage,
  getHistory,
  deleteHistory,
  listConversations,
  followConversations,
  searchConversations,
  listFolders,
  importConversations,
  getConversation,
  exportConversation,
  changeConversation,
  deleteConversation,
  restoreConversation,
  postMessage,
  regenerateAnswer,
  continueAnswer,
  selectMessage,
  measureContext,
  uploadAttachment,
  getAttachment,
  getAttachmentContent,
  deleteAttachment,
  listPresets,
  addPreset,
  changePreset,
  deletePreset,
  followGeneration,
  stopGeneration,
  listModels,
  listModelHealth,
  followModels,
  getModel,
  loadModel,
  planLoad,
  unloadModel,
  pinModel,
  unpinModel,
  warmUpModels,
  getDefaults,
  setDefaults,
  resetDefaults,
  getTask,
  listTasks,
  setTasks,
  resetTasks,
  followEverything,
  signIn,
  signOut,
  getHealth,
  getLiveness,
  getReadiness,
  getStartup,
];
