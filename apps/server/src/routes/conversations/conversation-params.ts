import { idSchema } from '@pilotlight/contract';
import { z } from 'zod';

export const conversationParamsSchema = z.strictObject({ id: idSchema });
