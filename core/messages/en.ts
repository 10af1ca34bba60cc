import type { Messages } from './messages.ts';

const TRY_LATER = 'Please try again when maintenance is over.';

export const operations: Messages['operations'] = {
  builtIn: {
    caption_generation: {
      description: 'Generating captions for images.',
      userMessage: 'Caption generation is paused while we carry out maintenance.',
      suggestion:
        'You can still look at captions that exist. Start the generation again when maintenance is over.',
    },
    job_creation: {
      description: 'Starting background jobs.',
      userMessage: 'New jobs cannot be started while we carry out maintenance.',
      suggestion: 'Jobs that are running go on. Start new ones when maintenance is over.',
    },
    platform_operations: {
      description: 'Adding, changing, switching or removing platform connections.',
      userMessage: 'Platform connections cannot be changed while we carry out maintenance.',
      suggestion: 'Your present platform stays selected. Change it when maintenance is over.',
    },
    batch_operations: {
      description: 'Changing or publishing many items in one go.',
      userMessage: 'Batch operations are paused while we carry out maintenance.',
      suggestion: 'Run the batch again when maintenance is over; nothing of it has been carried out.',
    },
    user_data_modification: {
      description: "Changing a user's data: profile, settings, passwords, reviews, registrations.",
      userMessage: 'Changes cannot be saved while we carry out maintenance.',
      suggestion: 'You can go on reading. Keep your changes and save them when maintenance is over.',
    },
    image_processing: {
      description: 'Uploading and processing images.',
      userMessage: 'Images cannot be uploaded or processed while we carry out maintenance.',
      suggestion: 'Upload the image again when maintenance is over.',
    },
    admin_operations: {
      description: 'The administration of the application.',
      userMessage: 'The administration pages are open to administrators only while we carry out maintenance.',
      suggestion: 'Administrators go on working when they are signed in.',
    },
    read_operations: {
      description: 'Looking at data without changing it.',
      userMessage: 'The service is closed while we carry out emergency maintenance.',
      suggestion: TRY_LATER,
    },
    authentication: {
      description: 'Signing in and out, and what a sign-in page needs.',
      userMessage: 'Signing in is limited while we carry out maintenance.',
      suggestion: TRY_LATER,
    },
    unknown: {
      description: 'A write that no rule covers, or a path that has no agreed meaning.',
      userMessage: 'This operation is not available while we carry out maintenance.',
      suggestion: TRY_LATER,
    },
    canary: {
      description: 'The probe by which the health check proves that the block blocks.',
      userMessage: 'The canary is blocked, as it should be.',
      suggestion: 'This route is for health checks only.',
    },
  },
  ownDescription: (name) => `Operations of the type ${name}, which this service has defined.`,
};

export const refusal: Messages['refusal'] = {
  title: 'Service under maintenance',
  brief: 'Service under maintenance.',
  noEnd: 'We do not know yet when it will be over.',
  overdue: 'It is taking longer than planned.',
  expectedEnd: 'Expected end:',
  wait: (minutes) => `Please wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`} before you try again.`,
  comesBack: 'This page comes back by itself.',
  notCarriedOut: 'Nothing of what you sent has been carried out.',
  available: 'The service is available again.',
  goBack: 'Go back',
  tryAgain: 'Try again',
  startPage: 'Back to the start page',
  more: 'More about this maintenance',
};

export const page: Messages['page'] = {
  operational: 'No maintenance is active',
  operationalText: 'No maintenance is in progress. You can use everything as usual.',
  maintenance: 'Maintenance in progress',
  emergency: 'Emergency maintenance in progress',
  rehearsal: 'No maintenance is active',
  rehearsalText: 'We are rehearsing a maintenance. Nothing is blocked, and you can use everything as usual.',
  reason: 'Why',
  when: 'How long',
  since: 'Since',
  expectedEnd: 'Expected end',
  timeLeft: 'Time left',
  noEnd: 'We do not know yet when it will be over.',
  overdue: 'It is taking longer than planned.',
  paused: 'Paused until then',
  available: 'Still available',
  nothingAvailable: 'The service is closed until the emergency is over. Only administrators can work.',
  next: 'Next scheduled maintenance',
  from: 'From',
  until: 'Until',
  nextRehearsal: 'This is a rehearsal: nothing will be blocked.',
  unknown: 'Status not known',
  unknownText: 'We cannot tell at the moment whether maintenance is in progress.',
  lastKnown: 'We cannot reach the records of our maintenance at the moment. This is what we knew last.',
  asOf: 'As of',
  updates: 'This page updates itself.',
  updatesWithoutScript: 'This page loads itself anew every minute.',
  unreachable: 'We cannot reach the service at the moment. This page goes on trying.',
  startPage: 'To the start page',
  operations: {
    caption_generation: 'Generating captions',
    job_creation: 'Starting new jobs',
    platform_operations: 'Changing platform connections',
    batch_operations: 'Changing or publishing many items in one go',
    user_data_modification: 'Changing profiles, settings, passwords and reviews',
    image_processing: 'Uploading and processing images',
    admin_operations: 'Administration, for administrators',
    read_operations: 'Looking at what is there',
    authentication: 'Signing in, for administrators',
    unknown: 'All other changes',
  },
};
