/** Region of everything in the local cloud. */
export const LOCAL_REGION = 'us-east-1';
/** Account of everything in the local cloud. */
export const LOCAL_ACCOUNT = '000000000000';
