// src/demo/shell/systemd-runs.sh
var systemd_runs_default = "#!/bin/sh\n# Proves that the image's systemd runs the tests.\nset -eu\ntest \"$(cat /proc/1/comm)\" = systemd\nsystemctl is-active basic.target\necho \"systemd $(systemctl --version | head -n 1 | cut -d' ' -f2) is process 1\"\n";
// src/demo/shell/back.sh
var back_default = "#!/bin/sh\n# After the rollback the machine has its state, and ssh runs.\nset -eu\ncat /var/lib/notes/note\nwait-for-unit ssh\n";
// src/demo/shell/leave-state.sh
var leave_state_default = "#!/bin/sh\n# Leaves state in /var and /etc, which the update must keep.\nset -eu\nwait-for-file /etc/ssh/ssh_host_ed25519_key\nmkdir -p /var/lib/notes\necho \"written on $COXSWAIN_FROM_VERSION\" >/var/lib/notes/note\necho \"PermitRootLogin no\" >/etc/ssh/sshd_config.d/90-local.conf\necho demo-node >/etc/hostname\ncat /var/lib/notes/note\n";
// src/demo/shell/state-survived.sh
var state_survived_default = "#!/bin/sh\n# After the update the machine still has its state.\nset -eu\necho \"now on $COXSWAIN_TO_VERSION\"\ncat /var/lib/notes/note\ngrep -q \"PermitRootLogin no\" /etc/ssh/sshd_config.d/90-local.conf\ntest \"$(cat /etc/hostname)\" = demo-node\nwait-for-unit ssh\nwait-for-port 22\n";
export { systemd_runs_default as i, leave_state_default as n, back_default as r, state_survived_default as t };
