import type { Rule } from './rule.ts';

/**
 * The built-in rules, for an application of the kind that the troubleshooting guide describes.
 * They name what must be told apart, and cover the rest of each area by its prefix, so that a route added to an
 * area tomorrow is classified today. Reads need no rule: a GET without one is `read_operations`.
 */
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

const rules = (operation: string, method: string | readonly string[], paths: readonly string[]): Rule[] =>
  paths.map((path) => ({ method, path, operation }));

/** The routes at and below each path. */
const area = (...paths: string[]): string[] => paths.flatMap((path) => [path, `${path}/{path+}`]);

/** The application's own; those of others are known by their form (sign-in-routes.ts). */
const authentication = rules(
  'authentication',
  ['GET', 'POST'],
  ['/login', '/logout', '/logout_all', '/user-management/login', '/user-management/logout'],
);

const admin = rules('admin_operations', 'ANY', area('/admin', '/api/admin'));

const captions = [
  ...rules('caption_generation', 'POST', ['/start_caption_generation', '/generate_caption/{image_id}']),
  ...rules('caption_generation', WRITES, [
    ...area('/caption', '/captions', '/caption_generation', '/caption_settings'),
    ...area('/api/caption', '/api/captions', '/api/caption_generation', '/api/caption_settings'),
    '/save_caption_settings',
    '/api/save_caption_settings',
    '/api/generate_caption/{image_id}',
    '/api/regenerate_caption/{image_id}',
  ]),
];

const jobs = rules('job_creation', WRITES, [
  ...area('/jobs', '/tasks', '/api/jobs', '/api/job', '/api/tasks', '/api/task', '/api/queue'),
  '/api/cancel_task/{task_id}',
]);

const platforms = [
  ...rules('platform_operations', WRITES, [
    ...area('/platform', '/platforms', '/platform_management', '/api/platform', '/api/platforms'),
    '/api/add_platform',
    '/api/edit_platform/{platform_id}',
    '/api/update_platform/{platform_id}',
    '/api/delete_platform/{platform_id}',
    '/api/test_platform/{platform_id}',
    '/api/set_default_platform/{platform_id}',
  ]),
  // Switching the platform changes the user's data, whatever the verb.
  ...rules('platform_operations', 'ANY', [
    '/switch_platform/{platform_id}',
    '/set_platform/{platform_id}',
    '/platform/switch/{platform_id}',
    '/platforms/switch/{platform_id}',
    '/platforms/{platform_id}/switch',
    '/api/switch_platform/{platform_id}',
    '/api/platform/switch/{platform_id}',
  ]),
];

const batches = [
  ...rules('batch_operations', WRITES, [
    ...area('/batch', '/batches', '/bulk', '/batch_review', '/review_batch', '/review_batches'),
    ...area('/api/batch', '/api/batches', '/api/bulk', '/api/batch_review', '/api/review/batch'),
    '/api/batch_update_captions',
    '/api/bulk_update',
  ]),
  // Publishes every approved caption, by whichever verb it is called.
  ...rules('batch_operations', 'ANY', ['/post_approved']),
];

const userData = [
  ...rules('user_data_modification', WRITES, [
    ...area('/user-management', '/profile', '/account', '/settings', '/user', '/users', '/gdpr', '/review'),
    ...area('/notifications', '/websocket', '/first_time_setup', '/register'),
    '/session/{path+}',
    '/api/session/{path+}',
    '/forgot_password',
    '/forgot-password',
    '/change_password',
    '/change-password',
    '/reset_password',
    '/reset-password',
    '/resend_verification',
    '/reset_password/{token}',
    '/reset-password/{token}',
    '/user-management/reset-password/{token}',
    ...area('/api/user', '/api/users', '/api/profile', '/api/settings', '/api/review'),
    '/api/update_caption/{image_id}',
    // The rest of the application's API: whatever it is, it changes the caller's data.
    '/api/{path+}',
  ]),
  // Following the link in a message confirms an address: a GET that writes.
  ...rules('user_data_modification', 'ANY', [
    '/verify_email/{token}',
    '/verify-email/{token}',
    '/confirm/{token}',
    '/unsubscribe/{token}',
    '/user-management/verify-email/{token}',
    '/user-management/confirm/{token}',
    '/user-management/confirm-deletion/{token}',
    '/gdpr/confirm/{token}',
  ]),
];

/** Pages that are only read, named because their path holds a secret that must never be logged. */
const secretPages = rules(
  'read_operations',
  ['GET', 'HEAD'],
  ['/reset_password/{token}', '/reset-password/{token}', '/user-management/reset-password/{token}'],
);

const images = rules('image_processing', WRITES, [
  ...area('/upload', '/uploads', '/image', '/images', '/media'),
  ...area('/api/upload', '/api/uploads', '/api/image', '/api/images', '/api/media'),
  '/process_image/{image_id}',
]);

export const BUILT_IN_RULES: readonly Rule[] = [
  ...authentication,
  ...admin,
  ...captions,
  ...jobs,
  ...platforms,
  ...batches,
  ...userData,
  ...secretPages,
  ...images,
];
