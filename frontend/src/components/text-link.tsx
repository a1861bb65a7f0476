import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type TextLinkProps = AnchorProps & Omit<ComponentPropsWithRef<'a'>, keyof AnchorProps>;

/** A link in running text or a table to a page of this site; its address is checked against the routes. */
export const TextLink = createLink((props: TextLinkProps) => <Anchor {...props} />);
