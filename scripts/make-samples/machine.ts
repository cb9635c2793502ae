import { Random } from './random.ts';
import { Recorder, NOISE, type Label } from './recorder.ts';
import { PROGRAMS, type Program } from './programs.ts';
import { processCreated, processEnded } from './channels/sysmon.ts';
import { LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, type Host, type User } from './world.ts';

/** A logon session: what ties processes and Security events together. */
export interface Session {
  readonly user: User;
  readonly logonId: number;
  readonly logonGuid: string;
  readonly terminal: number;
}

export interface Process {
  readonly program: Program;
  readonly pid: number;
  readonly guid: string;
  readonly commandLine: string;
  readonly folder: string;
  readonly session: Session;
  readonly integrity: string;
  readonly parent: Process | undefined;
}

export interface StartOptions {
  readonly commandLine?: string;
  readonly folder?: string;
  readonly session?: Session;
  readonly integrity?: string;
  readonly label?: Label;
  /** Ends after so many microseconds, which is recorded too. */
  readonly livesUs?: number;
}

/** A host in the making: its processes, sessions and events. */
export class Machine {
  readonly random: Random;
  readonly recorder: Recorder;
  readonly system: Session;
  readonly services: Process;
  readonly lsass: Process;
  readonly #serviceHosts = new Map<string, Process>();
  readonly #residents = new Map<string, Process>();
  #nextPid = 620;
  #sequence = 0x1000;
  #nextLogonId: number;

  /** @param bootUs when it started; that was before the logs begin, so its system processes have no events. */
  constructor(
    readonly host: Host,
    readonly bootUs: number,
  ) {
    this.random = new Random(host.name);
    this.recorder = new Recorder(host);
    this.#nextLogonId = 0x20_000 + this.random.int(0, 0xffff);
    this.system = { user: SYSTEM, logonId: 0x3e7, logonGuid: this.#guid(bootUs, 0x3e7), terminal: 0 };
    this.services = this.#process(bootUs, PROGRAMS.services, undefined, {});
    this.lsass = this.#process(bootUs, PROGRAMS.lsass, undefined, {});
  }

  /** A new logon of a user; gives the session, no event. */
  session(timeUs: number, user: User, terminal: number): Session {
    this.#nextLogonId += this.random.int(0x300, 0x6000);
    return { user, logonId: this.#nextLogonId, logonGuid: this.#guid(timeUs, this.#nextLogonId), terminal };
  }

  /** The service host of a service group, which runs since boot. @param group as in `netsvcs -p -s Schedule`. */
  serviceHost(group: string, account: 'system' | 'local' | 'network' = 'system'): Process {
    const known = this.#serviceHosts.get(group);
    if (known) return known;
    const user = { system: SYSTEM, local: LOCAL_SERVICE, network: NETWORK_SERVICE }[account];
    const logonId = { system: 0x3e7, local: 0x3e5, network: 0x3e4 }[account];
    const started = this.#process(this.bootUs, PROGRAMS.svchost, this.services, {
      commandLine: `C:\\Windows\\system32\\svchost.exe -k ${group}`,
      session: { user, logonId, logonGuid: this.#guid(this.bootUs, logonId), terminal: 0 },
    });
    this.#serviceHosts.set(group, started);
    return started;
  }

  /** A process that runs since before the logs begin: no event. */
  running(program: Program, parent: Process | undefined, options: StartOptions = {}): Process {
    return this.#process(this.bootUs, program, parent, options);
  }

  /** As `running`, for a program that has one instance: always the same process. */
  resident(program: Program, options: StartOptions = {}): Process {
    let process = this.#residents.get(program.path);
    if (!process) this.#residents.set(program.path, (process = this.running(program, this.services, options)));
    return process;
  }

  /** Starts a process and records it (and its end, where `livesUs` is given). */
  start(timeUs: number, program: Program, parent: Process, options: StartOptions = {}): Process {
    const process = this.#process(timeUs, program, parent, options);
    const label = options.label ?? NOISE;
    processCreated(this, timeUs, process, label);
    if (options.livesUs !== undefined) {
      // What a hit is about is the start; the end only belongs to the story.
      processEnded(this, timeUs + options.livesUs, process, { incident: label.incident, hits: [] });
    }
    return process;
  }

  stop(timeUs: number, process: Process, label: Label = NOISE): void {
    processEnded(this, timeUs, process, label);
  }

  /** Process ids are multiples of 4 and grow, with gaps. */
  #process(timeUs: number, program: Program, parent: Process | undefined, options: StartOptions): Process {
    this.#nextPid += 4 * this.random.int(1, 9);
    if (this.#nextPid > 15_000) this.#nextPid = 2_400 + 4 * this.random.int(0, 60);
    const session = options.session ?? parent?.session ?? this.system;
    const isSystem = session.logonId < 0x400;
    return {
      program,
      pid: this.#nextPid,
      guid: this.#guid(timeUs, ++this.#sequence),
      commandLine: options.commandLine ?? program.path,
      folder: options.folder ?? (isSystem ? 'C:\\Windows\\system32\\' : `C:\\Users\\${session.user.name}\\`),
      session,
      integrity: options.integrity ?? (isSystem ? 'System' : (parent?.integrity ?? 'Medium')),
      parent,
    };
  }

  /** Sysmon's GUIDs: machine, start time in seconds (two halves), a sequence. */
  #guid(timeUs: number, sequence: number): string {
    const seconds = Math.floor(timeUs / 1_000_000)
      .toString(16)
      .padStart(8, '0');
    const tail = sequence.toString(16).padStart(8, '0');
    const id = `${this.host.machineId}-${seconds.slice(4)}-${seconds.slice(0, 4)}-${tail.slice(4)}-00000000${tail.slice(0, 4)}`;
    return `{${id.toUpperCase()}}`;
  }
}
