/** The hidden verb that the completion scripts call; the words of the line follow it. */
export const completeWord = '__complete';

/** The line of an answer which means "propose files too". Every other line is: value, tab, description. */
export const filesLine = ':files';
