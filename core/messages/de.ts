import type { Messages } from './messages.ts';

const TRY_LATER = 'Bitte versuchen Sie es nach der Wartung noch einmal.';

export const operations: Messages['operations'] = {
  builtIn: {
    caption_generation: {
      description: 'Bildbeschreibungen erzeugen.',
      userMessage: 'Während der Wartung können keine Bildbeschreibungen erzeugt werden.',
      suggestion:
        'Vorhandene Bildbeschreibungen können Sie weiterhin ansehen. Starten Sie die Erzeugung nach der Wartung noch einmal.',
    },
    job_creation: {
      description: 'Aufträge im Hintergrund starten.',
      userMessage: 'Während der Wartung können keine neuen Aufträge gestartet werden.',
      suggestion: 'Laufende Aufträge laufen weiter. Starten Sie neue nach der Wartung.',
    },
    platform_operations: {
      description: 'Plattformverbindungen anlegen, ändern, wechseln oder entfernen.',
      userMessage: 'Während der Wartung können Plattformverbindungen nicht geändert werden.',
      suggestion: 'Ihre jetzige Plattform bleibt ausgewählt. Ändern Sie sie nach der Wartung.',
    },
    batch_operations: {
      description: 'Vieles auf einmal ändern oder veröffentlichen.',
      userMessage: 'Stapelvorgänge ruhen während der Wartung.',
      suggestion: 'Starten Sie den Stapel nach der Wartung noch einmal; nichts davon wurde ausgeführt.',
    },
    user_data_modification: {
      description: 'Daten ändern: Profil, Einstellungen, Passwörter, Prüfungen, Registrierungen.',
      userMessage: 'Während der Wartung können keine Änderungen gespeichert werden.',
      suggestion:
        'Lesen können Sie weiterhin. Bewahren Sie Ihre Änderungen auf und speichern Sie sie nach der Wartung.',
    },
    image_processing: {
      description: 'Bilder hochladen und verarbeiten.',
      userMessage: 'Während der Wartung können keine Bilder hochgeladen oder verarbeitet werden.',
      suggestion: 'Laden Sie das Bild nach der Wartung noch einmal hoch.',
    },
    admin_operations: {
      description: 'Die Verwaltung der Anwendung.',
      userMessage: 'Die Verwaltungsseiten sind während der Wartung nur für Administratoren geöffnet.',
      suggestion: 'Angemeldete Administratoren können weiterarbeiten.',
    },
    read_operations: {
      description: 'Daten ansehen, ohne sie zu ändern.',
      userMessage: 'Der Dienst ist wegen einer Notfallwartung geschlossen.',
      suggestion: TRY_LATER,
    },
    authentication: {
      description: 'An- und Abmelden und was die Anmeldeseite dazu braucht.',
      userMessage: 'Die Anmeldung ist während der Wartung eingeschränkt.',
      suggestion: TRY_LATER,
    },
    unknown: {
      description: 'Ein Schreibvorgang ohne Regel, oder ein Pfad ohne eindeutige Bedeutung.',
      userMessage: 'Dieser Vorgang ist während der Wartung nicht verfügbar.',
      suggestion: TRY_LATER,
    },
    canary: {
      description: 'Der Versuch, mit dem die Zustandsprüfung beweist, dass die Sperre sperrt.',
      userMessage: 'Der Versuch wurde gesperrt, wie es sein soll.',
      suggestion: 'Dieser Pfad dient nur der Zustandsprüfung.',
    },
  },
  ownDescription: (name) => `Vorgänge der Art ${name}, die dieser Dienst selbst festgelegt hat.`,
};

export const refusal: Messages['refusal'] = {
  title: 'Wartungsarbeiten',
  brief: 'Der Dienst wird gerade gewartet.',
  noEnd: 'Wir wissen noch nicht, wann sie abgeschlossen sind.',
  overdue: 'Sie dauern länger als geplant.',
  expectedEnd: 'Voraussichtliches Ende:',
  wait: (minutes) =>
    `Bitte warten Sie ${minutes === 1 ? 'eine Minute' : `${minutes} Minuten`}, bevor Sie es noch einmal versuchen.`,
  comesBack: 'Diese Seite kommt von selbst zurück.',
  notCarriedOut: 'Nichts von dem, was Sie abgeschickt haben, wurde ausgeführt.',
  available: 'Der Dienst ist wieder verfügbar.',
  goBack: 'Zurück',
  tryAgain: 'Noch einmal versuchen',
  startPage: 'Zur Startseite',
  more: 'Mehr zu dieser Wartung',
};

export const page: Messages['page'] = {
  operational: 'Alle Systeme in Betrieb',
  operationalText: 'Zurzeit wird nichts gewartet. Sie können alles wie gewohnt benutzen.',
  maintenance: 'Wartungsarbeiten',
  emergency: 'Notfallwartung',
  rehearsal: 'Alle Systeme in Betrieb',
  rehearsalText: 'Wir proben eine Wartung. Nichts ist gesperrt, und Sie können alles wie gewohnt benutzen.',
  reason: 'Grund',
  when: 'Dauer',
  since: 'Seit',
  expectedEnd: 'Voraussichtliches Ende',
  timeLeft: 'Restzeit',
  noEnd: 'Wir wissen noch nicht, wann die Wartung abgeschlossen ist.',
  overdue: 'Die Wartung dauert länger als geplant.',
  paused: 'Ruht so lange',
  available: 'Weiterhin verfügbar',
  nothingAvailable:
    'Der Dienst ist geschlossen, bis der Notfall vorbei ist. Nur Administratoren können arbeiten.',
  next: 'Nächste geplante Wartung',
  from: 'Von',
  until: 'Bis',
  nextRehearsal: 'Dies ist eine Probe: Nichts wird gesperrt.',
  unknown: 'Zustand unbekannt',
  unknownText: 'Wir können zurzeit nicht sagen, ob gerade gewartet wird.',
  lastKnown: 'Wir erreichen unsere Aufzeichnungen zurzeit nicht. Dies ist unser letzter Stand.',
  asOf: 'Stand',
  updates: 'Diese Seite hält sich selbst auf dem neuesten Stand.',
  updatesWithoutScript: 'Diese Seite lädt sich jede Minute neu.',
  unreachable: 'Wir erreichen den Dienst zurzeit nicht. Diese Seite versucht es weiter.',
  startPage: 'Zur Startseite',
  operations: {
    caption_generation: 'Bildbeschreibungen erzeugen',
    job_creation: 'Neue Aufträge starten',
    platform_operations: 'Plattformverbindungen ändern',
    batch_operations: 'Vieles auf einmal ändern oder veröffentlichen',
    user_data_modification: 'Profile, Einstellungen, Passwörter und Prüfungen ändern',
    image_processing: 'Bilder hochladen und verarbeiten',
    admin_operations: 'Verwaltung, für Administratoren',
    read_operations: 'Vorhandenes ansehen',
    authentication: 'Anmeldung, für Administratoren',
    unknown: 'Alle anderen Änderungen',
  },
};
