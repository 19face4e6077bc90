import { text } from './inputs.ts';

/** The input by which every verb that works on a checkout takes it. */
export const directory = text('the checkout to work on', { placeholder: 'DIR', fallback: '.' });
