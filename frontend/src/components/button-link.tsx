import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type ButtonLinkProps = ButtonProps & Omit<ComponentPropsWithRef<'a'>, keyof ButtonProps>;

/** A link that looks like a button: it goes to a page and changes nothing. */
export const ButtonLink = createLink((props: ButtonLinkProps) => <Button component="a" {...props} />);
