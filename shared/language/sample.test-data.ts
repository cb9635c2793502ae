/** A rule with every kind of place, for the tests of this folder. */
export const SAMPLE = `title: Reverse tunnel to remote desktop
id: 7b6f0cd2-6a3e-4c2c-9d7a-0c9b3ce20a11
status: experimental
description: |
    An SSH client forwards the port of the remote desktop.
    key: not a key
references:
    - https://attack.mitre.org/techniques/T1572/
tags: [attack.t1572, attack.command-and-control]
logsource:
    category: process_creation
    product: windows
detection:
    selection_img:
        - Image|endswith:
              - '\\plink.exe'
              - "\\\\ssh.exe"
        - OriginalFileName: 'Plink'
    selection_cli:
        CommandLine|contains|all:
        - ' -R '
        - ':3389' # the service
    filter_main_admin:
        User|contains: 'svc_'
    condition: all of selection_* and
        not 1 of filter_main_*
falsepositives:
    - Administrators
level: high
`;
