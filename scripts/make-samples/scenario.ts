import * as incident from './incident.ts';
import { Machine } from './machine.ts';
import * as server from './noise-server.ts';
import { developerHours, goHome, inventory, officeHours, sitDown } from './noise-workstation.ts';
import { at, HOSTS, HOUR, MINUTE, USERS } from './world.ts';
import { eventLogStarted } from './channels/windows-logs.ts';

/** Plays two days on every host. Gives the machines with all their events. */
export function play(): Machine[] {
  const boot = at(1, '05:00:00');
  const victim = new Machine(HOSTS.victim, boot);
  const developer = new Machine(HOSTS.developer, boot);
  const fileServer = new Machine(HOSTS.server, boot - 200 * HOUR);
  const controller = new Machine(HOSTS.controller, boot - 200 * HOUR);
  const jump = new Machine(HOSTS.jump, boot - 90 * HOUR);
  ordinaryServers(fileServer, controller, jump);
  for (const workstation of [victim, developer]) {
    server.serviceChatter(workstation, at(1, '07:30:00'), at(1, '18:00:00'), 55 * MINUTE);
    server.serviceChatter(workstation, at(2, '07:45:00'), at(2, '16:50:00'), 55 * MINUTE);
  }

  const first = sitDown(victim, USERS.orlova, at(1, '07:42:10'));
  officeHours(first, at(1, '07:46:00'), at(1, '17:20:00'));
  inventory(victim, 1);
  const implant = incident.phishing(first, at(1, '09:12:31'), 'implant');
  incident.beacon(victim, implant, at(1, '09:14:00'), at(1, '16:50:00'), 11 * MINUTE);
  incident.discovery(victim, implant, at(1, '09:21:00'));
  const inside = incident.plinkTunnel(victim, implant, at(1, '10:05:12'));
  incident.jumpHost(victim, inside, jump, at(1, '11:30:05'));
  goHome(first, at(1, '17:24:00'));

  const second = sitDown(developer, USERS.becker, at(1, '08:20:40'));
  officeHours(second, at(1, '08:24:00'), at(1, '17:50:00'));
  developerHours(second, at(1, '08:40:00'), at(1, '17:40:00'));
  inventory(developer, 1);
  const other = incident.phishing(second, at(1, '13:31:07'), 'implantDeveloper');
  incident.dnsTunnel(developer, other, at(1, '14:02:00'), 64);
  goHome(second, at(1, '17:55:00'));

  const returned = incident.jumpHostReturn(jump, at(1, '23:48:20'));
  incident.fileServerNight({ jump, ...returned }, fileServer);
  incident.controllerSide(controller);
  secondDay(victim, developer, jump);
  return [victim, developer, fileServer, controller, jump];
}

function ordinaryServers(fileServer: Machine, controller: Machine, jump: Machine): void {
  const from = at(1, '06:00:00');
  const to = at(2, '21:30:00');
  server.networkLogons(fileServer, from, to, 9 * MINUTE);
  server.serviceChatter(fileServer, from, to, 80 * MINUTE);
  server.fileService(fileServer, from, to);
  server.backupInstalled(fileServer, at(1, '19:12:00'));
  server.backup(fileServer, 1);
  server.backup(fileServer, 2);
  server.adminVisit(fileServer, at(1, '10:40:00'), 25 * MINUTE);
  server.networkLogons(controller, from, to, 8 * MINUTE);
  server.serviceChatter(controller, from, to, 110 * MINUTE);
  server.controllerAudit(controller, from, to);
  eventLogStarted(jump, at(1, '06:01:12'));
  server.serviceChatter(jump, at(1, '06:05:00'), to, 70 * MINUTE);
  server.fileService(jump, from, to);
  server.adminWork(jump, at(1, '09:05:00'), 70 * MINUTE);
  server.adminWork(jump, at(1, '15:10:00'), 55 * MINUTE);
  server.adminWork(jump, at(2, '09:20:00'), 90 * MINUTE);
  server.networkLogons(jump, from, to, 55 * MINUTE);
}

function secondDay(victim: Machine, developer: Machine, jump: Machine): void {
  const first = sitDown(victim, USERS.orlova, at(2, '07:55:30'));
  officeHours(first, at(2, '08:00:00'), at(2, '16:40:00'));
  inventory(victim, 2);
  goHome(first, at(2, '16:45:00'));
  const second = sitDown(developer, USERS.becker, at(2, '08:35:00'));
  officeHours(second, at(2, '08:40:00'), at(2, '16:20:00'));
  inventory(developer, 2);
  goHome(second, at(2, '16:25:00'));
  server.adminVisit(jump, at(2, '14:30:00'), 20 * MINUTE);
}
