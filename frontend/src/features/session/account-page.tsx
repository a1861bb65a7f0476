import { Kbd, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/session';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { PasswordForm } from './password-form';
import { SchemeChoice } from './scheme-choice';
import { TokenSection } from './token-section';

export default function AccountPage() {
  const session = useQuery(sessionQuery);
  const user = session.data?.user;
  return (
    <Page title="Account" width="narrow">
      <PageHeader title="Account" description={user && `Logged in as ${user.username}.`} />
      <PageSection title="Colours">
        <SchemeChoice />
      </PageSection>
      <PageSection title="Password">
        <PasswordForm />
      </PageSection>
      <PageSection
        title="API tokens"
        description={
          <>
            A program sends its token in the header <code>Authorization: Bearer …</code> and may do what you may do:{' '}
            <a href="/api/docs/">API documentation</a>.
          </>
        }
      >
        <TokenSection />
      </PageSection>
      <PageSection title="Keys">
        <Text>
          Labeling works without a mouse. On a labeling page <Kbd>?</Kbd> lists the keys of that project’s form.
        </Text>
      </PageSection>
    </Page>
  );
}
