// The styles of every control, for pages other than the labeling screen.
import '@mantine/core/styles.layer.css';
