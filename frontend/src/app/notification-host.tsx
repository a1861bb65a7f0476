import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';

/** Where short messages appear; loaded after the page, since nothing is shown before somebody acts. */
export default function NotificationHost() {
  return <Notifications position="bottom-right" autoClose={5000} />;
}
