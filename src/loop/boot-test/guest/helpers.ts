import wait from './shell/wait.sh';
import waitForFile from './shell/wait-for-file.sh';
import waitForPort from './shell/wait-for-port.sh';
import waitForUnit from './shell/wait-for-unit.sh';

/**
 * Commands that tests may call, whatever shell or language they are written in. Each polls, gives up after its time,
 * and then prints what it saw instead. By name; they are in a folder at the end of the tests' PATH.
 */
export const helpers: Readonly<Record<string, string>> = {
  'wait-for-unit': wait + waitForUnit,
  'wait-for-port': wait + waitForPort,
  'wait-for-file': wait + waitForFile,
};
